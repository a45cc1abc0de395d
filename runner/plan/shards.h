/*
 * shards.h: a plan is divided among several computers, which know nothing of one another.
 *
 * What cannot be divided is all boots of one setting, since a merged result tells what was measured apart by it; on a
 * host it is all boots of one hypervisor: its blocks interleave the guests that are to be held against each other.
 * Which shard has what depends on the plan and on the estimates alone, so that each computer comes to the same
 * division by itself, from the same suite, options and last result. Every shard records the whole division, so that
 * whoever puts them together knows what is missing.
 */
#ifndef RUNNER_SHARDS_H
#define RUNNER_SHARDS_H

#include "runner/plan/plan.h"

#include <jansson.h>

#define SHARDS_MAX 64 /* a merged result has as many sources at most (reports/result) */

struct shard_setting {
    const struct unit *unit; /* its first boot */
    char key[SETTING_KEY_SIZE];
    unsigned boots;
    double seconds; /* of all its boots, estimated */
    bool recorded;  /* by the last result; else the usual of such a boot */
    unsigned shard; /* from 1 */
};

struct shards {
    unsigned count;
    struct shard_setting *setting; /* in the plan's order */
    unsigned settings;
    double seconds[SHARDS_MAX + 1]; /* of each, one boot after the other */
};

/* `last`: a result's document, or NULL. Fails where there are more shards than can be filled. */
int shards_divide(struct shards *s, const struct plan *p, unsigned count, const json_t *last, struct pvb_error *e);
void shards_free(struct shards *s);

/* The plan keeps the boots of this shard alone, each with its place in the whole. */
void shards_take(const struct shards *s, struct plan *p, unsigned shard);

/* The longest of them; it is as long as all together take. */
double shards_longest(const struct shards *s);

/* {setting: shard}, in the plan's order. A new reference. */
json_t *shards_json(const struct shards *s);

/* "2/3" as an argument of an option. */
int shards_read(const char *text, unsigned *shard, unsigned *count);

#endif
