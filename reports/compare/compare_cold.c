/*
 * compare_cold.c: the entries of the first operation, by kind. They are judged
 * by their cost; but a difference in that has its cause here.
 */
#include "reports/compare/compare.h"
#include "reports/common/wrap.h"

#include <string.h>

static const char *const classes[PVB_CLASSES] = {"hypercall", "forward", "emulate", "exit"};

static const json_t *entries_of(const json_t *benchmark)
{
    return json_object_get(json_object_get(benchmark, "cold"), "entries");
}

static double count_of(const json_t *kinds, const char *name)
{
    return json_number_value(json_object_get(json_object_get(kinds, name), "count"));
}

static double sum(const json_t *kinds)
{
    const char *name;
    json_t *value;
    double all = 0;
    json_object_foreach((json_t *)kinds, name, value) all += count_of(kinds, name);
    return all;
}

static size_t differing(const json_t *list, const json_t *base, const json_t *now, enum pvb_class class,
                        struct compare_cold *into, size_t found)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)list, name, value)
    {
        struct compare_cold c = {class, name, count_of(base, name), count_of(now, name)};
        /* The second list has what is new; the rest was seen in the first. */
        bool seen = list != base && json_object_get(base, name);
        if (found < COMPARE_COLD_MAX && !seen && c.base != c.now && text_is_name(name))
            into[found++] = c;
    }
    return found;
}

size_t compare_cold(const json_t *base, const json_t *now, struct compare_cold into[COMPARE_COLD_MAX], double totals[2])
{
    const json_t *old = entries_of(base), *new = entries_of(now);
    size_t found = 0;
    totals[0] = totals[1] = 0;
    if (!json_is_object(old) || !json_is_object(new))
        return 0;
    for (int class = 0; class < PVB_CLASSES; class ++) {
        const json_t *a = json_object_get(old, classes[class]), *b = json_object_get(new, classes[class]);
        totals[0] += sum(a);
        totals[1] += sum(b);
        found = differing(a, a, b, (enum pvb_class) class, into, found);
        found = differing(b, a, b, (enum pvb_class) class, into, found);
    }
    return found;
}
