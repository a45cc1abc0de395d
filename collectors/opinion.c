/* opinion.c: "M opinion …" of pvbench/log.h. */
#include "collectors/opinion.h"

static bool read_row(struct words *w, const char *number, struct opinion_row *row)
{
    struct word kind;
    if (!words_value(w, "kind", &kind) || !words_number(w, number, UINT32_MAX, &row->number) ||
        !words_number(w, "trace", PVB_TICKS_MAX, &row->trace) ||
        !words_number(w, "least", PVB_TICKS_MAX, &row->least) || !words_number(w, "most", PVB_TICKS_MAX, &row->most) ||
        !words_end(w))
        return false;
    word_copy(kind, row->kind, sizeof(row->kind));
    return true;
}

void opinion_line(struct observation *o, struct words *w)
{
    struct second_opinion *s = &o->opinion;
    struct word verb, reason;
    bool good = words_next(w, &verb);
    if (good && word_is(verb, "none") && words_rest(w, "reason", &reason) && reason.size)
        word_copy(reason, s->none, sizeof(s->none));
    else if (good && word_is(verb, "sum") && s->sums < PVB_OPINION_SUMS)
        good = read_row(w, "counters", &s->sum[s->sums++]);
    else if (good && word_is(verb, "differs") && s->differences < PVB_OPINION_DIFFERENCES)
        good = read_row(w, "index", &s->difference[s->differences++]);
    else
        good = false;
    if (!good)
        observation_fault(o, "a line of the second source of counts is malformed");
}
