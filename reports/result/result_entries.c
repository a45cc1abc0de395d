/* result_entries.c: the entries of a region: four classes, their kinds, what each cost and was about. */
#include "reports/result/result_reader.h"
#include "reports/common/wrap.h"
#include "reports/result/trimmed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const result_classes[PVB_CLASSES] = {"hypercall", "forward", "emulate", "exit"};

static int check_key(const struct result_reader *r, const char *place, const char *key)
{
    if (text_is_name(key))
        return 0;
    return reader_bad(r, place, "", "has the key \"%.64s\"; use up to 63 of the characters a-z A-Z 0-9 _ . + -", key);
}

static int read_cost(const struct result_reader *r, json_t *object, const char *place, struct result_kind *k)
{
    json_t *cost;
    char at[240];
    const char *class = "";
    if (reader_object(r, object, place, "cost", OPTIONAL, &cost))
        return -1;
    if (!cost)
        return 0;
    snprintf(at, sizeof(at), "%s.cost", place);
    if (reader_name(r, cost, at, "unit", &k->unit) || reader_name(r, cost, at, "class", &class) ||
        reader_number(r, cost, at, "min", &k->min) || reader_number(r, cost, at, "mean", &k->mean) ||
        reader_number(r, cost, at, "max", &k->max))
        return -1;
    k->exact = strcmp(class, "exact") == 0;
    k->trimmed = json_object_get(cost, "rest") ? k->mean : trimmed_mean(json_object_get(cost, "distribution"), k->mean);
    return 0;
}

static int read_detail(const struct result_reader *r, json_t *object, const char *place, struct result_kind *k)
{
    json_t *detail, *value;
    const char *key;
    char at[240];
    if (reader_object(r, object, place, "detail", OPTIONAL, &detail))
        return -1;
    if (!detail || !json_object_size(detail))
        return 0;
    snprintf(at, sizeof(at), "%s.detail", place);
    k->detail = calloc(json_object_size(detail), sizeof(*k->detail));
    if (!k->detail)
        return reader_bad(r, at, "", "out of memory");
    json_object_foreach(detail, key, value)
    {
        struct result_detail *d = &k->detail[k->details++];
        d->name = key;
        if (check_key(r, at, key) || reader_number(r, detail, at, key, &d->count))
            return -1;
    }
    return 0;
}

/* A class that is not known here must not be left out silently. */
static int check_classes(const struct result_reader *r, json_t *entries, const char *place)
{
    const char *key;
    json_t *value;
    json_object_foreach(entries, key, value)
    {
        bool known = false;
        for (int class = 0; class < PVB_CLASSES; class ++)
            known = known || strcmp(key, result_classes[class]) == 0;
        if (!known)
            return reader_bad(r, place, "", "has the class \"%.64s\"; known are hypercall, forward, emulate, exit",
                              key);
    }
    return 0;
}

static int read_class(const struct result_reader *r, json_t *entries, const char *place, enum pvb_class class,
                      struct result_entries *into)
{
    json_t *kinds, *value;
    const char *key;
    char at[160], kind_at[224];
    if (reader_object(r, entries, place, result_classes[class], OPTIONAL, &kinds))
        return -1;
    snprintf(at, sizeof(at), "%s.%s", place, result_classes[class]);
    json_object_foreach(kinds, key, value)
    {
        if (check_key(r, at, key))
            return -1;
        if (into->kinds == RESULT_KINDS_MAX)
            return reader_bad(r, place, "", "has more than %d kinds; run the suite again", RESULT_KINDS_MAX);
        struct result_kind *more = realloc(into->kind, (into->kinds + 1) * sizeof(*more));
        if (!more)
            return reader_bad(r, at, "", "out of memory");
        into->kind = more;
        struct result_kind *k = &more[into->kinds++];
        *k = (struct result_kind){.class = class, .name = key};
        if (!json_is_object(value))
            return reader_bad(r, at, key, "is %s, not an object; run the suite again", reader_type(value));
        snprintf(kind_at, sizeof(kind_at), "%s.%s", at, key);
        if (reader_number(r, value, kind_at, "count", &k->count) || read_cost(r, value, kind_at, k) ||
            read_detail(r, value, kind_at, k))
            return -1;
    }
    return 0;
}

int reader_entries(const struct result_reader *r, json_t *benchmark, const char *place, struct result_entries *into)
{
    json_t *entries, *total = json_object_get(benchmark, "entries_total");
    char at[128];
    into->total = -1;
    if (reader_object(r, benchmark, place, "entries", OPTIONAL, &entries))
        return -1;
    if (!entries)
        return 0;
    if (total && !json_is_null(total) && reader_number(r, benchmark, place, "entries_total", &into->total))
        return -1;
    snprintf(at, sizeof(at), "%s.entries", place);
    if (check_classes(r, entries, at))
        return -1;
    for (int class = 0; class < PVB_CLASSES; class ++)
        if (read_class(r, entries, at, (enum pvb_class) class, into))
            return -1;
    into->known = true;
    return 0;
}
