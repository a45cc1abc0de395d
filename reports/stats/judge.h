/*
 * judge.h: what may be concluded from one metric, measured before and after.
 *
 * An exact metric has no spread: any difference is real, and only its size
 * and direction are judged. A noisy one is tested with a boot as the unit.
 * What cannot be told is inconclusive; it is never a pass.
 */
#ifndef REPORTS_JUDGE_H
#define REPORTS_JUDGE_H

#include "reports/stats/stats.h"

#define JUDGE_ALPHA       0.01
#define JUDGE_CONFIDENCE  0.95
#define JUDGE_BOOTS_LEAST 8    /* on each side */
#define JUDGE_NOISE_FLOOR 0.01 /* a smaller change of a noisy metric is not believed, whatever its p */
#define JUDGE_RESOLUTION  0.05 /* a slowdown that the boots cannot exclude, if larger, withholds the pass */

/* In order of weight: a whole is as bad as its worst part. */
enum verdict {
    VERDICT_SAME,
    VERDICT_BETTER,
    VERDICT_CHANGED,      /* other than before, and nobody asked whether that is worse */
    VERDICT_WITHIN,       /* worse, within the limit */
    VERDICT_INCONCLUSIVE, /* it could be worse than the limit allows */
    VERDICT_WORSE,        /* a regression */
    VERDICTS
};

extern const char *const verdict_names[VERDICTS];

/* An increase up to `percent` of the old value, and up to `absolute`; an absent one does not bind. */
struct limit {
    bool given, has_percent, has_absolute;
    double percent, absolute;
};

enum better { BETTER_LOWER, BETTER_HIGHER };

/* A noisy metric: what the tests say. */
struct noisy {
    size_t boots[2], outliers[2];   /* outliers: by Tukey's inner fences; labelled and kept */
    double ratio;                   /* of medians, new over base; 0: the base's is 0 */
    struct stats_interval interval; /* of the ratio */
    double p, adjusted, permutation;
};

/* Does a change of `by` from `base` in the bad direction exceed the limit? */
bool limit_exceeded(const struct limit *limit, double base, double by);

enum verdict judge_exact(double base, double now, enum better better, const struct limit *limit);

/* The tests, without a verdict: all p of a report are corrected together first. Reorders both. -1: no memory. */
int judge_test(double *base, size_t n, double *now, size_t m, struct noisy *t);

/*
 * After t->adjusted is set; `tests`: how many p were corrected together.
 * base, now: the medians. A reason is written for what is inconclusive.
 */
enum verdict judge_noisy(const struct noisy *t, size_t tests, double base, double now, enum better better,
                         const struct limit *limit, double floor, char *why, size_t size);

#endif
