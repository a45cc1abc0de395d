/*
 * stats_tool.c: the statistics for a script to look at. Each line of input
 * is a question: "two N values M values", "holm N values", "divide N values" or
 * "changes N values"; each line of output its answer in full precision, "-" for
 * what is unknown.
 */
#include "reports/stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *read_values(size_t *n)
{
    if (scanf("%zu", n) != 1)
        exit(1);
    double *values = calloc(*n + 1, sizeof(*values));
    for (size_t i = 0; i < *n; i++)
        if (!values || scanf("%lf", &values[i]) != 1)
            exit(1);
    return values;
}

static void print_interval(struct stats_interval i)
{
    if (i.known)
        printf(" %.17g %.17g", i.low, i.high);
    else
        printf(" - -");
}

static void answer_two(void)
{
    size_t n, m;
    double *a = read_values(&n), *b = read_values(&m), *sorted = malloc((n + 1) * sizeof(*sorted));
    if (!sorted)
        exit(1);
    memcpy(sorted, a, n * sizeof(*a));
    if (stats_sort(sorted, n) < 0)
        exit(1);
    struct stats_fences f = stats_fences(sorted, n);
    printf("%.17g %.17g", stats_median(sorted, n), stats_quantile(sorted, n, 0.99));
    print_interval(stats_median_interval(sorted, n, 0.95));
    printf(" %.17g %.17g %.17g %.17g", f.mild_low, f.mild_high, f.severe_low, f.severe_high);
    print_interval(stats_bca_median(a, n, 0.95, STATS_SEED));
    print_interval(stats_bca_ratio(a, n, b, m, 0.95, STATS_SEED));
    printf(" %.17g %.17g %.17g", stats_mann_whitney(a, n, b, m), stats_permutation(a, n, b, m, STATS_SEED),
           stats_mann_whitney_least(n, m));
    printf(" %d", (int)stats_label(&f, a[0]));
    putchar('\n');
    free(a);
    free(b);
    free(sorted);
}

/* The best division: its statistic and place. */
static void answer_divide(void)
{
    size_t n, at;
    double *values = read_values(&n), q = stats_divide(values, n, &at);
    printf("%.17g %zu\n", q, at);
    free(values);
}

/* The places of all changes. */
static void answer_changes(void)
{
    size_t n;
    double *values = read_values(&n);
    struct stats_change *found = calloc(n + 1, sizeof(*found));
    long count = found ? stats_divisive(values, n, STATS_SEED, found) : -1;
    if (count < 0)
        exit(1);
    for (long i = 0; i < count; i++)
        printf("%s%zu", i ? " " : "", found[i].at);
    putchar('\n');
    free(found);
    free(values);
}

int main(void)
{
    char word[8];
    while (scanf("%7s", word) == 1) {
        if (strcmp(word, "divide") == 0 || strcmp(word, "changes") == 0) {
            if (strcmp(word, "divide") == 0)
                answer_divide();
            else
                answer_changes();
            continue;
        }
        if (strcmp(word, "two") == 0) {
            answer_two();
            continue;
        }
        size_t n;
        double *p = read_values(&n);
        if (stats_holm(p, n))
            return 1;
        for (size_t i = 0; i < n; i++)
            printf("%s%.17g", i ? " " : "", p[i]);
        putchar('\n');
        free(p);
    }
    return 0;
}
