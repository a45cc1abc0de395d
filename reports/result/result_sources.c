/*
 * result_sources.c: where a merged result comes from. Whoever asks when, where and by which command something was
 * measured asks of a run, since the runs of a merged result have several answers.
 */
#include "common/text.h"
#include "common/json_text.h"
#include "reports/result/result_reader.h"

#include <stdio.h>
#include <string.h>

static json_t *provenance_of(const struct result *r)
{
    return json_object_get(r->document, "provenance");
}

const json_t *result_sources(const struct result *r)
{
    const json_t *sources = json_object_get(provenance_of(r), "merged");
    return json_is_array(sources) ? sources : NULL;
}

static const json_t *source_of(const struct result *r, const char *setting)
{
    const json_t *source;
    size_t i;
    json_array_foreach(result_sources(r), i, source)
    {
        if (json_has_text(json_object_get(source, "settings"), setting))
            return source;
    }
    return NULL;
}

const json_t *result_provenance(const struct result *r, const struct result_run *run)
{
    const json_t *source = source_of(r, run->setting);
    return source ? source : provenance_of(r);
}

void result_source_settings(const json_t *source, char *into, size_t size)
{
    const json_t *value;
    size_t i;
    *into = 0;
    json_array_foreach(json_object_get(source, "settings"), i, value)
        text_append(into, size, "%s%s", i ? ", " : "", json_string_value(value));
}

static bool has_run(const struct result *r, const char *setting)
{
    for (size_t i = 0; i < r->runs; i++)
        if (strcmp(r->run[i].setting, setting) == 0)
            return true;
    return false;
}

static int check_settings(const struct result_reader *r, const struct result *result, json_t *source, const char *place)
{
    json_t *list;
    size_t i;
    if (reader_array(r, source, place, "settings", REQUIRED, RESULT_RUNS_MAX, &list))
        return -1;
    for (i = 0; i < json_array_size(list); i++) {
        const char *setting = json_string_value(json_array_get(list, i));
        if (!setting || !has_run(result, setting))
            return reader_bad(r, place, "settings", "element %zu names no run; merge the results again", i);
    }
    return i ? 0 : reader_bad(r, place, "settings", "is empty; merge the results again");
}

static int check_source(const struct result_reader *r, const struct result *result, json_t *source, size_t number)
{
    char place[64];
    const char *date = "";
    snprintf(place, sizeof(place), "provenance.merged[%zu]", number);
    if (!json_is_object(source))
        return reader_bad(r, place, "", "is %s, not an object; merge the results again", reader_type(source));
    if (json_object_get(source, "merged"))
        return reader_bad(r, place, "merged", "is within itself; merge the results again");
    return reader_date(r, source, place, "date", &date) || check_settings(r, result, source, place) ? -1 : 0;
}

int reader_sources(const struct result_reader *r, struct result *result)
{
    json_t *list = NULL;
    if (!provenance_of(result) ||
        reader_array(r, provenance_of(result), "provenance", "merged", OPTIONAL, RESULT_SOURCES_MAX, &list))
        return provenance_of(result) ? -1 : 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (check_source(r, result, json_array_get(list, i), i))
            return -1;
    for (size_t i = 0; i < result->runs && list; i++)
        if (!source_of(result, result->run[i].setting))
            return reader_bad(r, "provenance", "merged",
                              "does not say where %.100s comes from; merge the results again", result->run[i].setting);
    return 0;
}
