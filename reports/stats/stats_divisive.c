/*
 * stats_divisive.c: when did a series change, and how often? E-divisive finds
 * a change in the distribution without being told how many there are or what
 * they look like.
 *
 * The statistic of a division is the energy distance of its sides, weighted by
 * their sizes. Moving the border by one value changes the sums within and
 * between the sides by that value's distances to the left, which a Fenwick
 * tree over the ranks answers in the logarithm of n: so a permutation
 * costs n log n, and a test of 999 of them is a matter of milliseconds.
 */
#include "reports/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tree {
    double sum;
    size_t count;
};

struct series {
    size_t n;
    double *value;     /* in the order of time, or of a permutation */
    size_t *rank;      /* of each value among the sorted ones, from 1; equal values share the last */
    double *all;       /* of each value: its distances to all others, summed */
    struct tree *tree; /* 1 .. n */
};

struct ranked {
    double value;
    size_t at;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static void series_free(struct series *s)
{
    free(s->value);
    free(s->rank);
    free(s->all);
    free(s->tree);
}

static int series_make(struct series *s, const double *values, size_t n)
{
    struct ranked *sorted = malloc((n + 1) * sizeof(*sorted));
    double before = 0, total = 0;
    *s = (struct series){n, malloc((n + 1) * sizeof(double)), malloc((n + 1) * sizeof(size_t)),
                         malloc((n + 1) * sizeof(double)), malloc((n + 1) * sizeof(struct tree))};
    if (!sorted || !s->value || !s->rank || !s->all || !s->tree) {
        free(sorted);
        series_free(s);
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        s->value[i] = values[i] - values[0]; /* only distances matter, and small numbers keep their digits */
        sorted[i] = (struct ranked){s->value[i], i};
        total += s->value[i];
    }
    qsort(sorted, n, sizeof(*sorted), by_value);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && sorted[end].value == sorted[i].value;)
            end++;
        double v = sorted[i].value, equal = v * (double)(end - i);
        double far = v * (double)i - before + (total - before - equal) - v * (double)(n - end);
        for (size_t k = i; k < end; k++) {
            s->rank[sorted[k].at] = end;
            s->all[sorted[k].at] = far;
        }
        before += equal;
    }
    free(sorted);
    return 0;
}

/* The distances of a value to all that are in the tree, summed; then it is in there, too. */
static double distances(struct series *s, size_t i, struct tree *inside)
{
    double v = s->value[i], below = 0;
    size_t below_count = 0;
    for (size_t r = s->rank[i]; r > 0; r &= r - 1) {
        below += s->tree[r].sum;
        below_count += s->tree[r].count;
    }
    double sum = v * (double)below_count - below + (inside->sum - below) - v * (double)(inside->count - below_count);
    for (size_t r = s->rank[i]; r <= s->n; r += r & -r) {
        s->tree[r].sum += v;
        s->tree[r].count++;
    }
    inside->sum += v;
    inside->count++;
    return sum;
}

static double pairs(size_t n)
{
    return (double)n * (double)(n - 1) / 2;
}

static double divide(struct series *s, size_t *at)
{
    double left = 0, right = 0, total = 0, most = -INFINITY;
    struct tree inside = {0, 0};
    for (size_t i = 0; i < s->n; i++)
        total += s->all[i] / 2;
    right = total;
    memset(s->tree, 0, (s->n + 1) * sizeof(*s->tree));
    for (size_t i = 0; i + STATS_DIVISIVE_LEAST < s->n; i++) {
        size_t n = i + 1, m = s->n - n;
        double near = distances(s, i, &inside);
        left += near;
        right -= s->all[i] - near;
        if (n < STATS_DIVISIVE_LEAST)
            continue;
        double between = (total - left - right) / ((double)n * (double)m);
        double q = (double)n * (double)m / (double)s->n * (2 * between - left / pairs(n) - right / pairs(m));
        if (q > most) {
            most = q;
            *at = n;
        }
    }
    return most;
}

double stats_divide(const double *values, size_t n, size_t *at)
{
    struct series s;
    *at = 0;
    if (n < (size_t)2 * STATS_DIVISIVE_LEAST || series_make(&s, values, n))
        return NAN;
    double most = divide(&s, at);
    series_free(&s);
    return most;
}

static void swap(struct series *s, size_t i, size_t j)
{
    double value = s->value[i], all = s->all[i];
    size_t rank = s->rank[i];
    s->value[i] = s->value[j];
    s->all[i] = s->all[j];
    s->rank[i] = s->rank[j];
    s->value[j] = value;
    s->all[j] = all;
    s->rank[j] = rank;
}

/* How probable so large a statistic is by chance. It stops as soon as it is too probable to matter. */
static double test(struct series *s, double observed, uint64_t seed)
{
    const unsigned most = (unsigned)(STATS_DIVISIVE_ALPHA * (STATS_DIVISIVE_TRIES + 1)) - 1;
    unsigned beyond = 0, tries = 0;
    uint64_t place = 0;
    while (tries < STATS_DIVISIVE_TRIES && beyond <= most) {
        size_t at;
        for (size_t i = s->n - 1; i > 0; i--)
            swap(s, i, stats_random_below(seed, place++, (uint32_t)i + 1));
        beyond += divide(s, &at) >= observed * (1 - 1e-12);
        tries++;
    }
    return (double)(beyond + 1) / (tries + 1);
}

/* Divides [from, to) and goes on with the parts. -1: no memory. */
static long search(const double *values, size_t from, size_t to, uint64_t seed, struct stats_change *found, long count)
{
    struct series s;
    size_t at = 0;
    if (to - from < (size_t)2 * STATS_DIVISIVE_LEAST)
        return count;
    if (series_make(&s, values + from, to - from))
        return -1;
    double q = divide(&s, &at), p = q > 0 ? test(&s, q, seed + from) : 1;
    series_free(&s);
    if (p > STATS_DIVISIVE_ALPHA)
        return count;
    count = search(values, from, from + at, seed, found, count);
    if (count < 0)
        return -1;
    found[count++] = (struct stats_change){from + at, q, p, from, to};
    return search(values, from + at, to, seed, found, count);
}

/* The first division saw changes that were not known yet: each is looked for again between its neighbours. */
static int refine(const double *values, size_t n, uint64_t seed, struct stats_change *found, long *count)
{
    long kept = 0;
    for (long i = 0; i < *count; i++) {
        size_t from = kept ? found[kept - 1].at : 0, to = i + 1 < *count ? found[i + 1].at : n, at = 0;
        struct series s;
        if (found[i].from == from && found[i].to == to) {
            found[kept++] = found[i];
            continue;
        }
        if (to - from < (size_t)2 * STATS_DIVISIVE_LEAST)
            continue;
        if (series_make(&s, values + from, to - from))
            return -1;
        double q = divide(&s, &at), p = q > 0 ? test(&s, q, seed + from) : 1;
        series_free(&s);
        if (p <= STATS_DIVISIVE_ALPHA)
            found[kept++] = (struct stats_change){from + at, q, p, from, to};
    }
    *count = kept;
    return 0;
}

long stats_divisive(const double *values, size_t n, uint64_t seed, struct stats_change *found)
{
    long count = n > UINT32_MAX ? 0 : search(values, 0, n, seed, found, 0);
    return count > 1 && refine(values, n, seed, found, &count) ? -1 : count;
}
