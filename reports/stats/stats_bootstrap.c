/*
 * stats_bootstrap.c: BCa intervals. Boots are drawn again with replacement;
 * the bias is read off the draws, the acceleration off leaving out one boot
 * at a time (Efron 1987; for two sides the jackknife of each is weighed by
 * its size, as in Efron and Tibshirani's multi-sample form).
 */
#include "reports/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_BOOTS 3

struct side {
    const double *values;
    size_t n;
};

/* One side: the median. Two sides: the second's median over the first's. */
struct problem {
    struct side side[2];
    int sides;
    double *scratch; /* as long as the longer side */
    double observed;
};

static double median_of(double *values, size_t n)
{
    return stats_sort(values, n) < 0 ? NAN : stats_median(values, n);
}

static double combine(const struct problem *p, const double *medians)
{
    return p->sides == 1 ? medians[0] : medians[1] / medians[0];
}

/* One draw; *place: how many random numbers are used up. */
static double draw(const struct problem *p, uint64_t seed, uint64_t *place)
{
    double medians[2] = {0, 0};
    for (int s = 0; s < p->sides; s++) {
        const struct side *side = &p->side[s];
        for (size_t i = 0; i < side->n; i++)
            p->scratch[i] = side->values[stats_random_below(seed, (*place)++, (uint32_t)side->n)];
        medians[s] = median_of(p->scratch, side->n);
    }
    return combine(p, medians);
}

static double full_median(const struct problem *p, int s)
{
    memcpy(p->scratch, p->side[s].values, p->side[s].n * sizeof(double));
    return median_of(p->scratch, p->side[s].n);
}

/* The statistic without value `out` of side `s`; sorted[s]: that side, ascending. */
static double without(const struct problem *p, const double *medians, const double *sorted, int s, size_t out)
{
    double left[2] = {medians[0], medians[1]};
    size_t n = p->side[s].n - 1, low = (n - 1) / 2, high = n / 2;
    left[s] = (sorted[low + (low >= out)] + sorted[high + (high >= out)]) / 2;
    return combine(p, left);
}

static double acceleration(const struct problem *p)
{
    double medians[2] = {0, 0}, cubes = 0, squares = 0;
    for (int s = 0; s < p->sides; s++)
        medians[s] = full_median(p, s);
    for (int s = 0; s < p->sides; s++) {
        size_t n = p->side[s].n;
        double mean = 0, size = (double)n;
        memcpy(p->scratch, p->side[s].values, n * sizeof(double));
        if (stats_sort(p->scratch, n) < 0)
            return NAN;
        for (size_t i = 0; i < n; i++)
            mean += without(p, medians, p->scratch, s, i) / size;
        for (size_t i = 0; i < n; i++) {
            double u = (size - 1) * (mean - without(p, medians, p->scratch, s, i));
            cubes += u * u * u / (size * size * size);
            squares += u * u / (size * size);
        }
    }
    /* Sums of squares that are rounding errors say nothing about the shape. */
    if (squares <= 1e-24 * p->observed * p->observed)
        return 0;
    return cubes / (6 * pow(squares, 1.5));
}

/* How much of the draws lies below the observed value; what is equal counts half. */
static double share_below(const double *sorted, size_t n, double observed)
{
    double below = 0;
    for (size_t i = 0; i < n; i++)
        below += sorted[i] < observed ? 1 : sorted[i] == observed ? 0.5 : 0;
    return below / (double)n;
}

static double shifted(double bias, double a, double tail)
{
    double z = bias + stats_normal_quantile(tail);
    return stats_normal_cdf(bias + z / (1 - a * z));
}

static struct stats_interval interval_of(const struct problem *p, double *draws, double confidence)
{
    struct stats_interval unknown = {false, 0, 0};
    double a = acceleration(p), tail = (1 - confidence) / 2;
    if (stats_sort(draws, STATS_RESAMPLES) < 0 || isnan(a) || !isfinite(draws[0]) ||
        !isfinite(draws[STATS_RESAMPLES - 1]))
        return unknown;
    double share = share_below(draws, STATS_RESAMPLES, p->observed);
    if (share <= 0 || share >= 1)
        return unknown;
    double bias = stats_normal_quantile(share);
    return (struct stats_interval){true, stats_quantile(draws, STATS_RESAMPLES, shifted(bias, a, tail)),
                                   stats_quantile(draws, STATS_RESAMPLES, shifted(bias, a, 1 - tail))};
}

static struct stats_interval bca(struct problem *p, double confidence, uint64_t seed)
{
    struct stats_interval result = {false, 0, 0};
    size_t longest = p->sides == 2 && p->side[1].n > p->side[0].n ? p->side[1].n : p->side[0].n;
    double medians[2] = {0, 0}, *draws = malloc(STATS_RESAMPLES * sizeof(*draws));
    uint64_t place = 0;
    p->scratch = malloc(longest * sizeof(double));
    if (draws && p->scratch) {
        for (int s = 0; s < p->sides; s++)
            medians[s] = full_median(p, s);
        p->observed = combine(p, medians);
        for (size_t i = 0; i < STATS_RESAMPLES; i++)
            draws[i] = draw(p, seed, &place);
        if (isfinite(p->observed))
            result = interval_of(p, draws, confidence);
    }
    free(draws);
    free(p->scratch);
    return result;
}

struct stats_interval stats_bca_median(const double *a, size_t n, double confidence, uint64_t seed)
{
    struct problem p = {{{a, n}, {NULL, 0}}, 1, NULL, 0};
    return n < LEAST_BOOTS || n > UINT32_MAX ? (struct stats_interval){false, 0, 0} : bca(&p, confidence, seed);
}

static bool all_positive(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] <= 0)
            return false;
    return true;
}

struct stats_interval stats_bca_ratio(const double *a, size_t n, const double *b, size_t m, double confidence,
                                      uint64_t seed)
{
    struct problem p = {{{a, n}, {b, m}}, 2, NULL, 0};
    if (n < LEAST_BOOTS || m < LEAST_BOOTS || n > UINT32_MAX || m > UINT32_MAX || !all_positive(a, n))
        return (struct stats_interval){false, 0, 0};
    return bca(&p, confidence, seed);
}
