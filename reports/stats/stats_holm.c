/*
 * stats_holm.c: Holm's correction (1979). A report asks many questions at
 * once; with it the chance of even one false alarm stays what was asked for.
 */
#include "reports/stats/stats.h"

#include <stdlib.h>

struct place {
    double p;
    size_t at;
};

static int by_p(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

int stats_holm(double *p, size_t n)
{
    struct place *order = malloc((n + 1) * sizeof(*order));
    double before = 0;
    if (!order)
        return -1;
    for (size_t i = 0; i < n; i++)
        order[i] = (struct place){p[i], i};
    qsort(order, n, sizeof(*order), by_p);
    for (size_t i = 0; i < n; i++) {
        double adjusted = order[i].p * (double)(n - i);
        before = adjusted > before ? adjusted : before;
        p[order[i].at] = before < 1 ? before : 1;
    }
    free(order);
    return 0;
}
