/*
 * compare_moved.c: the last look at an exact cost. When its median, mean and
 * extremes are all the same, samples may still have moved and made up for
 * each other; a difference is a difference, so it is counted.
 */
#include "reports/compare/compare.h"

struct histogram {
    const json_t *list; /* NULL: all samples have one value */
    double value, samples;
    size_t size, at;
};

static struct histogram histogram_of(const json_t *benchmark)
{
    const json_t *cost = json_object_get(benchmark, "cost"), *list = json_object_get(cost, "distribution");
    struct histogram h = {json_is_array(list) ? list : NULL, json_number_value(json_object_get(cost, "median")),
                          json_number_value(json_object_get(cost, "samples")), 1, 0};
    if (h.list)
        h.size = json_array_size(list);
    return h;
}

static double field(const struct histogram *h, size_t which)
{
    if (!h->list)
        return which ? h->samples : h->value;
    return json_number_value(json_array_get(json_array_get(h->list, h->at), which));
}

/* Samples that are in one and not in the other, both ways, halved: each that moved is counted once. */
double compare_moved(const json_t *base, const json_t *now)
{
    struct histogram a = histogram_of(base), b = histogram_of(now);
    double moved = 0;
    while (a.at < a.size || b.at < b.size) {
        bool first = b.at == b.size || (a.at < a.size && field(&a, 0) <= field(&b, 0));
        bool second = a.at == a.size || (b.at < b.size && field(&b, 0) <= field(&a, 0));
        double here = (first ? field(&a, 1) : 0) - (second ? field(&b, 1) : 0);
        moved += here < 0 ? -here : here;
        a.at += first;
        b.at += second;
    }
    return moved / 2;
}
