/* judge.c: from numbers to a verdict; judge.h says by which rules. */
#include "reports/stats/judge.h"

#include <math.h>
#include <stdio.h>

const char *const verdict_names[VERDICTS] = {"same", "better", "changed", "within limit", "inconclusive", "regression"};

/* Quotients of the same counts may differ in the last bit. */
static bool equal(double a, double b)
{
    return fabs(a - b) <= 1e-14 * fmax(fabs(a), fabs(b));
}

bool limit_exceeded(const struct limit *limit, double base, double by)
{
    if (by <= 0 || equal(base + by, base))
        return false;
    if (!limit->has_percent && !limit->has_absolute)
        return true;
    double room = fabs(base) * limit->percent / 100;
    return (limit->has_percent && by > room && !equal(by, room)) ||
           (limit->has_absolute && by > limit->absolute && !equal(by, limit->absolute));
}

enum verdict judge_exact(double base, double now, enum better better, const struct limit *limit)
{
    double worse = better == BETTER_LOWER ? now - base : base - now;
    if (equal(base, now))
        return VERDICT_SAME;
    if (!limit->given)
        return VERDICT_CHANGED;
    if (worse < 0)
        return VERDICT_BETTER;
    return limit_exceeded(limit, base, worse) ? VERDICT_WORSE : VERDICT_WITHIN;
}

static size_t count_outliers(const double *sorted, size_t n)
{
    struct stats_fences f = stats_fences(sorted, n);
    size_t outside = 0;
    for (size_t i = 0; i < n; i++)
        outside += stats_label(&f, sorted[i]) != STATS_INSIDE;
    return outside;
}

int judge_test(double *base, size_t n, double *now, size_t m, struct noisy *t)
{
    *t = (struct noisy){.boots = {n, m}, .p = 1, .adjusted = 1, .permutation = 1};
    if (!n || !m)
        return 0;
    if (stats_sort(base, n) < 0 || stats_sort(now, m) < 0)
        return -1;
    double old = stats_median(base, n);
    t->outliers[0] = count_outliers(base, n);
    t->outliers[1] = count_outliers(now, m);
    t->ratio = old > 0 ? stats_median(now, m) / old : 0;
    if (!isfinite(t->ratio))
        t->ratio = 0;
    t->interval = stats_bca_ratio(base, n, now, m, JUDGE_CONFIDENCE, STATS_SEED);
    t->p = t->adjusted = stats_mann_whitney(base, n, now, m);
    t->permutation = stats_permutation(base, n, now, m, STATS_SEED);
    return t->p < 0 || t->permutation < 0 ? -1 : 0;
}

/* The limit as a ratio of new to base, on the bad side of 1. */
static double limit_ratio(const struct limit *limit, double base)
{
    double room = limit->has_percent ? limit->percent / 100 : INFINITY;
    if (limit->has_absolute && base > 0)
        room = fmin(room, limit->absolute / base);
    return isfinite(room) ? room : 0;
}

enum verdict judge_noisy(const struct noisy *t, size_t tests, double base, double now, enum better better,
                         const struct limit *limit, double floor, char *why, size_t size)
{
    double sign = better == BETTER_LOWER ? 1 : -1, worse = sign * (now - base);
    if (t->boots[0] < JUDGE_BOOTS_LEAST || t->boots[1] < JUDGE_BOOTS_LEAST) {
        snprintf(why, size, "%zu and %zu boots; %d on each side are the least", t->boots[0], t->boots[1],
                 JUDGE_BOOTS_LEAST);
        return VERDICT_INCONCLUSIVE;
    }
    if (stats_mann_whitney_least(t->boots[0], t->boots[1]) * (double)tests >= JUDGE_ALPHA) {
        snprintf(why, size, "%zu and %zu boots cannot answer %zu questions at once; more boots are needed", t->boots[0],
                 t->boots[1], tests);
        return VERDICT_INCONCLUSIVE;
    }
    bool sure = t->adjusted < JUDGE_ALPHA;
    if (!t->interval.known) { /* no ratio: the base is 0 */
        if (!sure)
            return VERDICT_SAME;
        return !limit->given ? VERDICT_CHANGED : worse > 0 ? VERDICT_WORSE : VERDICT_BETTER;
    }
    bool above = t->interval.low > 1 + floor, below = t->interval.high < 1 - floor;
    if (sure && (above || below)) {
        if (!limit->given)
            return VERDICT_CHANGED;
        if ((above ? 1 : -1) * sign < 0)
            return VERDICT_BETTER;
        return limit_exceeded(limit, base, worse) ? VERDICT_WORSE : VERDICT_WITHIN;
    }
    double worst = better == BETTER_LOWER ? t->interval.high - 1 : 1 - t->interval.low;
    if (limit->given && worst > fmax(fmax(floor, JUDGE_RESOLUTION), limit_ratio(limit, base))) {
        snprintf(why, size, "it could be %.2g%% worse (adjusted p=%.2g, %zu and %zu boots); more boots are needed",
                 worst * 100, t->adjusted, t->boots[0], t->boots[1]);
        return VERDICT_INCONCLUSIVE;
    }
    return VERDICT_SAME;
}
