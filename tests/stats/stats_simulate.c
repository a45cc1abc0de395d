/*
 * stats_simulate.c: what a verdict is worth. Plays comparisons of which the
 * truth is known, and counts: `aa` plays two sides that are the same (every
 * alarm is false), `power` a slowdown of 5 % in 2 % noise. The noise of a
 * boot's median has one of several shapes.
 *
 * `work` prints the moves that sorting 250,000 and 1,000,000 samples takes,
 * the only part of a summary that could grow faster than its input.
 *
 * stats_simulate aa|power|work SHAPE BOOTS COMPARISONS
 * prints: comparisons, p < .05, p < .01 (Mann-Whitney), permutation p < .01,
 * intervals that miss the truth, regressions, improvements, inconclusive.
 */
#include "reports/stats/judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOTS_MAX 64

static uint64_t place;

static double uniform(void)
{
    return ((double)(stats_random(4711, place++) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return stats_normal_quantile(uniform());
}

static double boot(const char *shape, double level)
{
    if (strcmp(shape, "normal") == 0)
        return level * (1 + 0.02 * normal());
    if (strcmp(shape, "skewed") == 0)
        return level * exp(0.02 * (-log(uniform())));
    if (strcmp(shape, "bimodal") == 0)
        return level * (uniform() < 0.5 ? 1 : 1.1) * (1 + 0.005 * normal());
    if (strcmp(shape, "ties") == 0)
        return round(level / 20 * (1 + 0.02 * normal()));
    exit(2);
}

static int print_work(const char *shape)
{
    for (size_t n = 250000; n <= 1000000; n *= 4) {
        double *values = malloc(n * sizeof(*values));
        for (size_t i = 0; i < n; i++) {
            if (!values)
                return 1;
            values[i] = boot(shape, 1000);
        }
        printf("%ld\n", stats_sort(values, n));
        free(values);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    if (strcmp(argv[1], "work") == 0)
        return print_work(argv[2]);
    size_t boots = strtoul(argv[3], NULL, 10), comparisons = strtoul(argv[4], NULL, 10);
    double shift = strcmp(argv[1], "power") == 0 ? 1.05 : 1, a[BOOTS_MAX], b[BOOTS_MAX];
    size_t five = 0, one = 0, permutation = 0, missed = 0, verdicts[VERDICTS] = {0};
    if (boots > BOOTS_MAX)
        return 2;
    for (size_t i = 0; i < comparisons; i++) {
        static const struct limit any = {.given = true, .has_percent = true, .percent = 0};
        struct noisy t;
        char why[200];
        for (size_t k = 0; k < boots; k++)
            a[k] = boot(argv[2], 1000);
        for (size_t k = 0; k < boots; k++)
            b[k] = boot(argv[2], 1000 * shift);
        if (judge_test(a, boots, b, boots, &t))
            return 1;
        five += t.p < 0.05;
        one += t.p < 0.01;
        permutation += t.permutation < 0.01;
        missed += !t.interval.known || t.interval.low > shift || t.interval.high < shift;
        verdicts[judge_noisy(&t, 1, stats_median(a, boots), stats_median(b, boots), BETTER_LOWER, &any,
                             JUDGE_NOISE_FLOOR, why, sizeof(why))]++;
    }
    printf("%zu %zu %zu %zu %zu %zu %zu %zu\n", comparisons, five, one, permutation, missed, verdicts[VERDICT_WORSE],
           verdicts[VERDICT_BETTER], verdicts[VERDICT_INCONCLUSIVE]);
    return 0;
}
