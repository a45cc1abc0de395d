/*
 * merge_shards.c: results that are shards of one plan (pvbench run --shard). Each has the whole division in it, so that
 * what is missing, or was run twice, is known by name; and the place of each boot in the plan, so that the merged
 * result has the order of an undivided run.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/result/merge.h"

#include <stdlib.h>
#include <string.h>

/* --- what a shard says of itself ------------------------------------------------------- */

static json_int_t number(const json_t *shard, const char *key)
{
    const json_t *value = json_object_get(shard, key);
    return json_is_integer(value) ? json_integer_value(value) : 0;
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "?";
}

static bool all_integers(const json_t *list)
{
    const json_t *value;
    size_t i;
    json_array_foreach(list, i, value)
    {
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return false;
    }
    return json_is_array(list);
}

static bool well_formed(const json_t *shard)
{
    const json_int_t of = number(shard, "of"), index = number(shard, "index");
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(shard, "settings"), key, value)
    {
        if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > of)
            return false;
    }
    return index >= 1 && index <= of && of <= RESULT_SOURCES_MAX && json_is_string(json_object_get(shard, "plan")) &&
           json_object_size(json_object_get(shard, "settings")) && all_integers(json_object_get(shard, "units"));
}

/* Of a source; NULL: it is none. */
static const json_t *shard_of(const json_t *source)
{
    return json_object_get(source, "shard");
}

static bool same_plan(const json_t *a, const json_t *b)
{
    return strcmp(text(a, "plan"), text(b, "plan")) == 0;
}

/* --- what does not fit ------------------------------------------------------------------ */

static int fit(const struct merge *m, size_t i, size_t j)
{
    const json_t *one = json_array_get(m->sources, i), *other = json_array_get(m->sources, j);
    const json_t *a = shard_of(one), *b = shard_of(other);
    const char *path = m->input[m->from[j]].path, *before = m->input[m->from[i]].path;
    if (!a || !b || !same_plan(a, b))
        return 0;
    if (!merge_same_bytes(json_object_get(a, "settings"), json_object_get(b, "settings")))
        return report_fail(
            m->e,
            "%s: provenance.shard: is %lld/%lld of another division than %lld/%lld in %s; run all shards "
            "with one N and one --from",
            path, (long long)number(b, "index"), (long long)number(b, "of"), (long long)number(a, "index"),
            (long long)number(a, "of"), before);
    const json_t *of = json_object_get(other, "settings");
    const char *machine = strrchr(json_array_size(of) ? json_string_value(json_array_get(of, 0)) : "@", '@');
    if (machine && strcmp(machine, "@host") == 0 && strcmp(text(one, "host"), text(other, "host")) != 0)
        return report_fail(
            m->e,
            "%s: provenance.host: shard %lld/%lld ran on %.60s, and shard %lld/%lld on %.60s (%s): times "
            "of two computers stay apart; merge those of each for itself",
            path, (long long)number(b, "index"), (long long)number(b, "of"), text(other, "host"),
            (long long)number(a, "index"), (long long)number(a, "of"), text(one, "host"), before);
    return 0;
}

int merge_shards_fit(const struct merge *m)
{
    for (size_t j = 0; j < json_array_size(m->sources); j++) {
        const json_t *shard = shard_of(json_array_get(m->sources, j));
        if (shard && !well_formed(shard))
            return report_fail(m->e, "%s: provenance.shard: is not as pvbench run writes it; measure that shard again",
                               m->input[m->from[j]].path);
        for (size_t i = 0; i < j; i++)
            if (fit(m, i, j))
                return -1;
    }
    return 0;
}

/* --- what is missing, and what is there twice ---------------------------------------------- */

static const json_t *find(const struct merge *m, const json_t *like, json_int_t index, size_t from)
{
    for (size_t i = from; i < json_array_size(m->sources); i++) {
        const json_t *shard = shard_of(json_array_get(m->sources, i));
        if (shard && same_plan(shard, like) && number(shard, "index") == index)
            return json_array_get(m->sources, i);
    }
    return NULL;
}

static void settings_of(const json_t *shard, json_int_t index, char *into, size_t size)
{
    const char *key;
    json_t *value;
    size_t said = 0;
    json_object_foreach(json_object_get(shard, "settings"), key, value)
    {
        if (json_integer_value(value) == index)
            text_append(into, size, "%s%.60s", said++ ? ", " : "", key);
    }
}

/* Each plan is looked at once, by the first of its shards. */
static bool is_first(const struct merge *m, size_t at)
{
    const json_t *shard = shard_of(json_array_get(m->sources, at));
    for (size_t i = 0; shard && i < at; i++) {
        const json_t *before = shard_of(json_array_get(m->sources, i));
        if (before && same_plan(before, shard))
            return false;
    }
    return shard != NULL;
}

size_t merge_shards_missing(const struct merge *m, char *into, size_t size)
{
    size_t missing = 0;
    *into = 0;
    for (size_t at = 0; at < json_array_size(m->sources); at++) {
        const json_t *shard = shard_of(json_array_get(m->sources, at));
        for (json_int_t i = 1; is_first(m, at) && i <= number(shard, "of"); i++) {
            if (find(m, shard, i, 0))
                continue;
            text_append(into, size, "%sshard %lld/%lld (", missing++ ? ", " : "", (long long)i,
                        (long long)number(shard, "of"));
            settings_of(shard, i, into, size);
            text_append(into, size, ")");
        }
    }
    return missing;
}

static void say_run(const json_t *source, char *into, size_t size)
{
    text_append(into, size, "on %.60s at %.24s", text(source, "host"), text(source, "date"));
}

size_t merge_shards_twice(const struct merge *m, char *into, size_t size)
{
    size_t twice = 0;
    *into = 0;
    for (size_t at = 0; at < json_array_size(m->sources); at++) {
        const json_t *source = json_array_get(m->sources, at), *shard = shard_of(source);
        const json_t *again = shard ? find(m, shard, number(shard, "index"), at + 1) : NULL;
        if (!again)
            continue;
        text_append(into, size, "%sshard %lld/%lld ran twice, ", twice++ ? "; " : "", (long long)number(shard, "index"),
                    (long long)number(shard, "of"));
        say_run(source, into, size);
        text_append(into, size, " and ");
        say_run(again, into, size);
    }
    return twice;
}

/* --- the plan's order ------------------------------------------------------------------------ */

static const json_t *provenance_of(const json_t *document)
{
    return json_object_get(document, "provenance");
}

/* The source of a document that has this setting: the document itself, unless it was merged. */
static const json_t *source_of(const json_t *document, const char *setting)
{
    const json_t *merged = json_object_get(provenance_of(document), "merged"), *source, *key;
    size_t i, j;
    json_array_foreach(merged, i, source)
    {
        json_array_foreach(json_object_get(source, "settings"), j, key)
        {
            if (strcmp(json_string_value(key), setting) == 0)
                return source;
        }
    }
    return merged ? NULL : provenance_of(document);
}

static json_int_t place_of(const struct merge_input *in, size_t run)
{
    const json_t *source = source_of(in->document, in->result.run[run].setting);
    const json_t *units = json_object_get(shard_of(source), "units");
    size_t before = 0;
    for (size_t i = 0; i < run; i++)
        before += source_of(in->document, in->result.run[i].setting) == source;
    const json_t *place = json_array_get(units, before);
    return place ? json_integer_value(place) : -1;
}

bool merge_is_one_plan(const struct merge *m)
{
    const json_t *first = shard_of(json_array_get(m->sources, 0));
    for (size_t i = 0; i < json_array_size(m->sources); i++) {
        const json_t *shard = shard_of(json_array_get(m->sources, i));
        if (!shard || !first || !same_plan(shard, first))
            return false;
    }
    return first != NULL;
}

struct placed {
    json_int_t place;
    size_t at;
    json_t *run;
};

static int by_place(const void *one, const void *other)
{
    const struct placed *a = one, *b = other;
    return a->place != b->place ? (a->place > b->place) - (a->place < b->place) : (a->at > b->at) - (a->at < b->at);
}

/* A boot of a setting that several inputs have is taken of the first. */
static bool is_taken(const struct merge *m, size_t input, const char *setting)
{
    for (size_t i = 0; i < m->settings; i++)
        if (strcmp(m->setting[i].key, setting) == 0)
            return m->setting[i].input == input;
    return false;
}

static size_t gather(const struct merge *m, struct placed *list)
{
    size_t count = 0;
    for (size_t i = 0; i < m->inputs; i++)
        for (size_t j = 0; j < m->input[i].result.runs; j++)
            if (is_taken(m, i, m->input[i].result.run[j].setting)) {
                list[count] = (struct placed){place_of(&m->input[i], j), count,
                                              json_array_get(json_object_get(m->input[i].document, "runs"), j)};
                count++;
            }
    return count;
}

json_t *merge_runs_of_plan(const struct merge *m)
{
    size_t room = 1;
    for (size_t i = 0; i < m->inputs; i++)
        room += m->input[i].result.runs;
    struct placed *list = memory_zeroed(room, sizeof(*list));
    json_t *runs = json_array();
    const size_t count = gather(m, list);
    qsort(list, count, sizeof(*list), by_place);
    for (size_t i = 0; i < count; i++)
        json_array_append(runs, list[i].run);
    free(list);
    return runs;
}
