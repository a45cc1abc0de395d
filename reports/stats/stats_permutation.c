/*
 * stats_permutation.c: would a division of the same values into two sides
 * by chance have means so far apart? It has more power than ranks where the
 * size of the difference matters, and assumes as little.
 */
#include "reports/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct counted {
    double less, greater, all; /* divisions with the difference at most, at least, the observed one */
};

struct division {
    double *values;
    size_t n, m;
    double sum, observed, slack;
};

/* mean of the rest minus mean of the chosen */
static double difference(const struct division *d, double chosen)
{
    return (d->sum - chosen) / (double)d->m - chosen / (double)d->n;
}

/* Differences that are equal but for rounding are equal. */
static void count(const struct division *d, struct counted *c, double chosen)
{
    double value = difference(d, chosen);
    c->less += value <= d->observed + d->slack;
    c->greater += value >= d->observed - d->slack;
    c->all++;
}

static double divisions(size_t n, size_t m)
{
    return 2 / stats_mann_whitney_least(n, m);
}

/* Every choice of n out of n + m, in lexicographic order. */
static void all_divisions(const struct division *d, size_t *chosen, struct counted *c)
{
    size_t n = d->n, all = d->n + d->m;
    for (size_t i = 0; i < n; i++)
        chosen[i] = i;
    for (;;) {
        double sum = 0;
        size_t last = n;
        for (size_t i = 0; i < n; i++)
            sum += d->values[chosen[i]];
        count(d, c, sum);
        while (last > 0 && chosen[last - 1] == all - n + last - 1)
            last--;
        if (last == 0)
            return;
        chosen[last - 1]++;
        for (size_t i = last; i < n; i++)
            chosen[i] = chosen[i - 1] + 1;
    }
}

/* Fisher and Yates, as far as n values are drawn. The observed division is one of those that chance gives. */
static void some_divisions(struct division *d, uint64_t seed, struct counted *c)
{
    size_t all = d->n + d->m;
    uint64_t place = 0;
    *c = (struct counted){1, 1, 1};
    for (int i = 0; i < STATS_PERMUTATIONS; i++) {
        double sum = 0;
        for (size_t k = 0; k < d->n; k++) {
            size_t with = k + stats_random_below(seed, place++, (uint32_t)(all - k));
            double value = d->values[with];
            d->values[with] = d->values[k];
            d->values[k] = value;
            sum += value;
        }
        count(d, c, sum);
    }
}

double stats_permutation(const double *a, size_t n, const double *b, size_t m, uint64_t seed)
{
    struct division d = {n && m ? malloc((n + m) * sizeof(double)) : NULL, n, m, 0, 0, 0};
    struct counted c = {0, 0, 0};
    double mine = 0, size = 0;
    size_t *chosen = malloc((n + 1) * sizeof(*chosen));
    if (d.values && chosen && n + m <= UINT32_MAX) {
        memcpy(d.values, a, n * sizeof(*a));
        memcpy(d.values + n, b, m * sizeof(*b));
        for (size_t i = 0; i < n + m; i++) {
            mine += i < n ? d.values[i] : 0;
            d.sum += d.values[i];
            size = fmax(size, fabs(d.values[i]));
        }
        d.observed = difference(&d, mine);
        d.slack = 1e-13 * size;
        if (divisions(n, m) < STATS_PERMUTATIONS + 1.5)
            all_divisions(&d, chosen, &c);
        else
            some_divisions(&d, seed, &c);
    }
    free(chosen);
    free(d.values);
    return c.all > 0 ? fmin(1, 2 * fmin(c.less, c.greater) / c.all) : -1;
}
