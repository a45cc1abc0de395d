/* stats_rank.c: the test of Mann and Whitney (1947): do the values of one side tend to be larger? */
#include "reports/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_MAX 50 /* values on a side */

struct ranked {
    double u;    /* pairs in which the first side's value is larger; equal ones count half */
    double ties; /* sum of t^3 - t over groups of t equal values */
};

/* Both sides sorted: one walk through their union gives the ranks. */
static struct ranked rank(const double *a, size_t n, const double *b, size_t m)
{
    struct ranked r = {0, 0};
    for (size_t i = 0, j = 0; i < n || j < m;) {
        double value = j == m || (i < n && a[i] <= b[j]) ? a[i] : b[j];
        size_t from = i, below = j;
        while (i < n && a[i] == value)
            i++;
        while (j < m && b[j] == value)
            j++;
        double mine = (double)(i - from), theirs = (double)(j - below), t = mine + theirs;
        r.u += mine * ((double)below + theirs / 2);
        r.ties += t * t * t - t;
    }
    return r;
}

/*
 * P(U >= u) when nothing differs. ways[i][k]: the share of the divisions of i
 * and j values with U = k. The largest value of all is of the first side, and
 * is then larger than j others, or of the second: only positive terms, and
 * shares all along, so that nothing cancels or overflows.
 */
static double exact_tail(size_t n, size_t m, double u)
{
    size_t most = n * m;
    double *ways = calloc((n + 1) * (most + 1), sizeof(*ways)), tail = 0;
    if (!ways)
        return -1;
    for (size_t i = 0; i <= n; i++)
        ways[i * (most + 1)] = 1;
    for (size_t j = 1; j <= m; j++)
        for (size_t i = 1; i <= n; i++) {
            double first = (double)i / (double)(i + j), second = (double)j / (double)(i + j);
            double *here = ways + i * (most + 1), *less = here - (most + 1);
            for (size_t k = i * j + 1; k-- > 0;)
                here[k] = second * here[k] + (k >= j ? first * less[k - j] : 0);
        }
    for (size_t k = (size_t)u; k <= most; k++)
        tail += ways[n * (most + 1) + k];
    free(ways);
    return tail;
}

static double normal_tail(size_t n, size_t m, double u, double ties)
{
    double a = (double)n, b = (double)m, all = a + b;
    double variance = a * b / 12 * (all + 1 - ties / (all * (all - 1)));
    return variance <= 0 ? 1 : stats_normal_cdf(-(u - a * b / 2 - 0.5) / sqrt(variance));
}

double stats_mann_whitney(const double *a, size_t n, const double *b, size_t m)
{
    double *sorted = n && m ? malloc((n + m) * sizeof(*sorted)) : NULL, tail = -1;
    if (!sorted)
        return -1;
    memcpy(sorted, a, n * sizeof(*a));
    memcpy(sorted + n, b, m * sizeof(*b));
    if (stats_sort(sorted, n) >= 0 && stats_sort(sorted + n, m) >= 0) {
        struct ranked r = rank(sorted, n, sorted + n, m);
        double u = fmax(r.u, (double)n * (double)m - r.u);
        tail = r.ties == 0 && n <= EXACT_MAX && m <= EXACT_MAX ? exact_tail(n, m, u) : normal_tail(n, m, u, r.ties);
    }
    free(sorted);
    return tail < 0 ? -1 : fmin(1, 2 * tail);
}

double stats_mann_whitney_least(size_t n, size_t m)
{
    double divisions = 1; /* how many there are; beyond 1e300 is as good as infinitely many */
    for (size_t i = 1; i <= n && divisions < 1e300; i++)
        divisions *= (double)(m + i) / (double)i;
    return fmin(1, 2 / divisions);
}
