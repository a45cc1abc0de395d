/*
 * summary.h: order statistics of a whole distribution, in integers.
 *
 * Median and p99 are elements of the samples, so that an exact cost stays
 * exact: the lower median, and the nearest rank.
 */
#ifndef COLLECTORS_SUMMARY_H
#define COLLECTORS_SUMMARY_H

#include "collectors/distribution.h"

#include <jansson.h>

struct summary {
    uint64_t min, median, p99, max;
    uint64_t total, count; /* the mean is their quotient */
};

/* Of at least one sample. */
void summary_make(struct summary *s, const struct distribution *d);

/* An integer when it is one, else a fraction; always finite. A new reference. */
json_t *quotient_json(uint64_t total, uint64_t count);

#endif
