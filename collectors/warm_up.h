/*
 * warm_up.h: where a guest's samples have settled, found by a change of
 * level and not by a fixed number.
 *
 * For every place in the first half, the samples before it are held against
 * those after it by Mann and Whitney's rank statistic, in standard deviations. The place
 * where it is largest is a change of level if that is more than WARM_UP_SIGMAS and
 * the medians differ by more than WARM_UP_SHARE; what comes after it is looked at in the
 * same way. Ranks, since single outliers must neither make nor hide a level.
 * Fewer than about 10 samples are too few to be a level.
 */
#ifndef COLLECTORS_WARM_UP_H
#define COLLECTORS_WARM_UP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WARM_UP_SIGMAS 5.0
#define WARM_UP_SHARE  0.005
#define WARM_UP_LEAST  40 /* samples: fewer are taken as they are */

struct warm_up {
    size_t samples;          /* before the level was reached; 0: it was there from the beginning */
    uint64_t before, steady; /* medians of both parts; equal when there is only one */
    bool unsteady;           /* the level changed in the second half, too: that is no warm-up */
};

/* Samples in the order of time. -1: no memory. */
int warm_up_find(const uint64_t *sample, size_t n, struct warm_up *into);

#endif
