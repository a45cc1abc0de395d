/*
 * shard.h: the part of a plan that `pvbench run --shard` and `pvbench plan` divide, with what the command line says of
 * it: which one, of how many, by the estimates of which result.
 */
#ifndef RUNNER_SHARD_H
#define RUNNER_SHARD_H

#include "runner/plan/shards.h"

struct shard_options {
    unsigned shard, count; /* 0: the plan is not divided */
    const char *from;      /* a result whose seconds are the estimates; NULL: the usual ones */
};

/* Divides the plan in as many as are asked for. -1: an error, -2: wrong usage. */
int shard_divide(struct shards *s, const struct plan *p, const struct shard_options *o, struct pvb_error *e);

/* {index, of, plan, settings, units}: what a result says of the shard that it is. */
json_t *shard_json(const struct shards *s, const struct plan *p, unsigned shard, json_t *places);

#endif
