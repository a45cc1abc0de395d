/*
 * distribution.h: distinct values with how often each occurred, ascending.
 *
 * Exact costs are kept whole, not summarized: the collectors fill these
 * from "V*C" lists, the runner computes order statistics from them.
 */
#ifndef COLLECTORS_DISTRIBUTION_H
#define COLLECTORS_DISTRIBUTION_H

#include "collectors/words.h"

/* Larger numbers have no integer in JSON. */
#define PVB_TICKS_MAX ((uint64_t)INT64_MAX)

struct distribution {
    struct {
        uint64_t value, count;
    } * item;
    size_t items, room;
    uint64_t count; /* of all items */
    uint64_t total; /* sum of value * count */
};

/*
 * Adds the rest of the line, words "V*C" or "V". False when one is
 * malformed, not larger than the one before, or a sum leaves the range;
 * the distribution is then not to be used.
 */
bool distribution_read(struct distribution *d, struct words *w);

/* Reads "V*C V*C …" in any order into `value`, each V as often as C says; false when malformed or more than `room`. */
bool series_read(uint64_t *value, size_t *count, size_t room, struct words *w);

/* The distribution of n values in any order. */
bool distribution_of(struct distribution *d, const uint64_t *value, size_t n);

bool distribution_add(struct distribution *d, uint64_t value, uint64_t count);

void distribution_free(struct distribution *d);

#endif
