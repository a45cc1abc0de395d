/*
 * stats_order.c: what follows from the order of values alone.
 *
 * Sorting is by radix, eleven bits a pass: a result with a million samples
 * costs a thousand times one with a thousand, not more.
 */
#include "reports/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define DIGITS     (1u << DIGIT_BITS)
#define PASSES     6
#define FEW        64 /* fewer are sorted by insertion */

/* Bits that order as unsigned integers the way the numbers order. */
static uint64_t key_of(double value)
{
    uint64_t bits;
    value += 0.0; /* -0 is 0 */
    memcpy(&bits, &value, sizeof(bits));
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}

static double value_of(uint64_t key)
{
    double value;
    uint64_t bits = key >> 63 ? key & ~(1ull << 63) : ~key;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static long insertion_sort(double *values, size_t n)
{
    long moved = 0;
    for (size_t i = 1; i < n; i++) {
        double value = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--) {
            values[at] = values[at - 1];
            moved++;
        }
        values[at] = value;
    }
    return moved;
}

/* One pass by the digit at `shift`; false when all have the same digit. */
static bool pass(const uint64_t *from, uint64_t *to, size_t n, unsigned shift)
{
    size_t count[DIGITS] = {0}, at = 0;
    for (size_t i = 0; i < n; i++)
        count[from[i] >> shift & (DIGITS - 1)]++;
    if (count[from[0] >> shift & (DIGITS - 1)] == n)
        return false;
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        size_t here = count[digit];
        count[digit] = at;
        at += here;
    }
    for (size_t i = 0; i < n; i++)
        to[count[from[i] >> shift & (DIGITS - 1)]++] = from[i];
    return true;
}

long stats_sort(double *values, size_t n)
{
    long moved = 0;
    if (n < FEW)
        return insertion_sort(values, n);
    uint64_t *both = n < SIZE_MAX / sizeof(*both) / 2 ? malloc(2 * n * sizeof(*both)) : NULL;
    if (!both)
        return -1;
    uint64_t *from = both, *to = both + n;
    for (size_t i = 0; i < n; i++)
        from[i] = key_of(values[i]);
    for (unsigned i = 0; i < PASSES; i++) {
        if (!pass(from, to, n, i * DIGIT_BITS))
            continue;
        uint64_t *other = from;
        from = to;
        to = other;
        moved += (long)n;
    }
    for (size_t i = 0; i < n; i++)
        values[i] = value_of(from[i]);
    free(both);
    return moved;
}

double stats_median(const double *sorted, size_t n)
{
    double low = sorted[(n - 1) / 2], high = sorted[n / 2];
    return low == high ? low : low / 2 + high / 2;
}

double stats_quantile(const double *sorted, size_t n, double p)
{
    double place = (double)(n - 1) * p;
    size_t below = (size_t)place;
    if (below + 1 >= n)
        return sorted[n - 1];
    double part = place - (double)below;
    return sorted[below] * (1 - part) + sorted[below + 1] * part;
}

/*
 * The largest k such that fewer than k of n fair coins fall heads with a
 * chance of at most `tail`. The terms are taken relative to the largest one,
 * so that nothing underflows, however large n is.
 */
static size_t ends_of_median(size_t n, double tail)
{
    size_t middle = n / 2, low = middle;
    double term = 1, sum = 1;
    for (size_t i = middle; i < n && term > 1e-300; i++) {
        term *= (double)(n - i) / (double)(i + 1);
        sum += term;
    }
    term = 1;
    for (; low > 0 && term > 1e-300; low--) {
        term *= (double)low / (double)(n - low + 1);
        sum += term;
    }
    double below = 0; /* `term` is now that of `low` heads */
    while (low < middle && below + term <= tail * sum) {
        below += term;
        term *= (double)(n - low) / (double)(low + 1);
        low++;
    }
    return below > 0 ? low : 0;
}

struct stats_interval stats_median_interval(const double *sorted, size_t n, double confidence)
{
    size_t k = ends_of_median(n, (1 - confidence) / 2);
    return k ? (struct stats_interval){true, sorted[k - 1], sorted[n - k]} : (struct stats_interval){false, 0, 0};
}

struct stats_fences stats_fences(const double *sorted, size_t n)
{
    double low = stats_quantile(sorted, n, 0.25), high = stats_quantile(sorted, n, 0.75), range = high - low;
    return (struct stats_fences){low - 1.5 * range, high + 1.5 * range, low - 3 * range, high + 3 * range};
}

enum stats_label stats_label(const struct stats_fences *f, double value)
{
    if (value < f->severe_low || value > f->severe_high)
        return STATS_SEVERE;
    return value < f->mild_low || value > f->mild_high ? STATS_MILD : STATS_INSIDE;
}
