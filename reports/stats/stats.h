/*
 * stats.h: the statistics behind a verdict on noisy measurements.
 *
 * Every value that goes in is one boot's (its median, say): samples of the
 * same boot are not independent, so that treating them as if they were
 * finds differences that are none. What is random here is seeded, and the
 * n-th number depends on the seed and n only: the same data give the same
 * interval everywhere.
 *
 * Values are finite. Arrays may be reordered only where a function says so.
 */
#ifndef REPORTS_STATS_H
#define REPORTS_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATS_RESAMPLES    10000
#define STATS_PERMUTATIONS 9999
#define STATS_SEED         0x7076626e6368u /* any; it is part of the format */

struct stats_interval {
    bool known; /* false: too few values, or they do not allow one */
    double low, high;
};

/* --- order (stats_order.c) ------------------------------------------------ */

/* Ascending, in place, in linear time; returns the elements moved. -1 stands for no memory. */
long stats_sort(double *values, size_t n);

/* Of sorted values; the mean of the two in the middle when n is even. */
double stats_median(const double *sorted, size_t n);

/* Between the neighbours at (n - 1) p, as most tools do (type 7 of Hyndman and Fan). */
double stats_quantile(const double *sorted, size_t n, double p);

/*
 * The k-th values from both ends, with the largest k that holds the median
 * with at least `confidence`: free of any assumption on the distribution.
 */
struct stats_interval stats_median_interval(const double *sorted, size_t n, double confidence);

/* Tukey's fences, 1.5 and 3 interquartile ranges beyond the quartiles. */
struct stats_fences {
    double mild_low, mild_high, severe_low, severe_high;
};

/* What lies outside is labelled, never taken out. */
enum stats_label { STATS_INSIDE, STATS_MILD, STATS_SEVERE };

struct stats_fences stats_fences(const double *sorted, size_t n);
enum stats_label stats_label(const struct stats_fences *f, double value);

/* --- the normal distribution (stats_normal.c) ----------------------------- */

double stats_normal_cdf(double z);
double stats_normal_quantile(double p);

/* --- randomness (stats_random.c) ------------------------------------------ */

/* The n-th of 2^64 numbers. */
uint64_t stats_random(uint64_t seed, uint64_t n);

/* Below `bound`, which is at most 2^32; never more than bound/2^32 from even. */
uint32_t stats_random_below(uint64_t seed, uint64_t n, uint32_t bound);

/* --- intervals by resampling boots (stats_bootstrap.c) -------------------- */

/*
 * BCa intervals (Efron 1987): of the median, and of the ratio of two
 * medians, b over a. Unknown with fewer than 3 values, a median that is not
 * positive (for the ratio), or no memory.
 */
struct stats_interval stats_bca_median(const double *a, size_t n, double confidence, uint64_t seed);
struct stats_interval stats_bca_ratio(const double *a, size_t n, const double *b, size_t m, double confidence,
                                      uint64_t seed);

/* --- tests, two-sided (stats_rank.c, stats_permutation.c) ----------------- */

/*
 * Mann and Whitney's: exact with up to 50 values on each side and no ties,
 * else by the normal approximation with the corrections for ties and
 * continuity. A negative number stands for no memory or no values.
 */
double stats_mann_whitney(const double *a, size_t n, const double *b, size_t m);

/* The smallest p that this test can give with so many values. */
double stats_mann_whitney_least(size_t n, size_t m);

/*
 * Of the difference of means: every division into two when there are at
 * most STATS_PERMUTATIONS, else so many random ones.
 */
double stats_permutation(const double *a, size_t n, const double *b, size_t m, uint64_t seed);

/* --- change points in time (stats_divisive.c) ------------------------------ */

#define STATS_DIVISIVE_LEAST 3     /* values on each side of a change */
#define STATS_DIVISIVE_ALPHA 0.001 /* of each test */
#define STATS_DIVISIVE_TRIES 999   /* permutations of a test: none may have a larger statistic */

struct stats_change {
    size_t at; /* the first value after it */
    double statistic, p;
    size_t from, to; /* the values that were divided there */
};

/*
 * Where a series is best divided in two: the largest of E-divisive's
 * statistic (Matteson and James 2014, with the exponent 1), and the first
 * value behind it. NaN: fewer than 2 * STATS_DIVISIVE_LEAST values, or no memory.
 */
double stats_divide(const double *values, size_t n, size_t *at);

/*
 * E-divisive: divides again and again while a permutation test believes in
 * the division. `found` has room for n changes and gets them in order; returns
 * how many. -1: no memory.
 */
long stats_divisive(const double *values, size_t n, uint64_t seed, struct stats_change *found);

/* --- many tests (stats_holm.c) -------------------------------------------- */

/* Holm's correction in place, the order kept. -1: no memory. */
int stats_holm(double *p, size_t n);

#endif
