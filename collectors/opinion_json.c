/* opinion_json.c: sums and differences; `agrees` is null, with the reason, when there was nothing to compare with. */
#include "collectors/opinion_json.h"

static json_t *rows(const struct opinion_row *row, size_t count, const char *number)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:s, s:I, s:I, s:I, s:I}", "kind", row[i].kind, number,
                                               (json_int_t)row[i].number, "trace", (json_int_t)row[i].trace, "least",
                                               (json_int_t)row[i].least, "most", (json_int_t)row[i].most));
    return array;
}

json_t *opinion_json(const struct second_opinion *s)
{
    if (s->none[0])
        return json_pack("{s:s, s:n, s:s}", "source", "xc_perfc_query", "agrees", "reason", s->none);
    if (!s->sums)
        return NULL;
    return json_pack("{s:s, s:b, s:o, s:o}", "source", "xc_perfc_query", "agrees", s->differences == 0, "compared",
                     rows(s->sum, s->sums, "counters"), "differences", rows(s->difference, s->differences, "index"));
}
