/*
 * merge.h: several results as one. KVM and Xen on a computer are two boots of it, and so two results; here they come
 * into one table, one figure, one comparison.
 *
 * What was measured is told apart by the key of its setting: a merged result has the settings of all of them. It is
 * what one run of all would have given, in an order of its own, so that it does not depend on which result is named
 * first; and it is refused where one run could not have given it: another suite, other code of the workloads, another
 * build of one hypervisor, another emulator, other iterations. A setting that two results have must be the same in
 * both, to the byte, and counts once.
 *
 * `provenance.merged` keeps the provenance of each, as it was, with its settings. Above it stands what they share.
 */
#ifndef REPORTS_MERGE_H
#define REPORTS_MERGE_H

#include "reports/result/result.h"

struct merge_input {
    const char *path;     /* for messages */
    json_t *document;     /* as it was read */
    struct result result; /* a copy of it, checked */
};

/* A setting of one of the inputs. */
/* Of a command's options: the results that it takes, and reads with merge_load(). */
#define RESULT_OPERANDS(list)                                                                                          \
    .operand = (list), .least = 1, .most = RESULT_SOURCES_MAX, .what = "result", .give = "give 64 results at most"

struct merge_setting {
    const char *key;
    size_t input;
    const struct result_run *run; /* the first of its boots; one that was, if there is any */
};

struct merge {
    struct merge_input *input;
    size_t inputs;
    struct merge_setting *setting; /* of all inputs, in the order of the merged result; equal keys stand together */
    size_t settings;
    json_t *sources;                 /* for `provenance.merged`, at most RESULT_SOURCES_MAX */
    size_t from[RESULT_SOURCES_MAX]; /* of each, the input that has it */
    json_t *twice;                   /* the keys that more than one input has */
    struct report_error *e;
};

/* Reads them all, and checks that they fit together. -1: a message, and nothing to be freed. */
int merge_open(struct merge *m, const char *const *path, size_t count, struct report_error *e);
/* The same of documents at hand, which it takes over. */
int merge_take(struct merge *m, json_t *const *document, const char *const *path, size_t count, struct report_error *e);
void merge_close(struct merge *m);

/* How many settings the merged result has. */
size_t merge_count(const struct merge *m);

/* The merged document; a new reference. */
json_t *merge_document(const struct merge *m);

/*
 * A command's operands as one result, of a single one just what is in it; those of the `room` places that were not
 * given are NULL. Messages name it by its first file.
 */
int merge_load(struct result *r, const char *const *path, size_t room, struct report_error *e);
/* The same of documents at hand, which it takes over. */
int merge_result(struct result *r, json_t *const *document, const char *const *path, size_t count,
                 struct report_error *e);

/* The same to the byte: the order of keys counts, and 1 is not 1.0. */
bool merge_same_bytes(const json_t *a, const json_t *b);

/* --- parts of it -------------------------------------------------------------- */

/* Whether one run could have given all of them (merge_fit.c). */
int merge_fit(const struct merge *m);

/* Where they come from (merge_sources.c): each once, in the order of their settings. */
int merge_sources(struct merge *m);

/* Shards of one plan (merge_shards.c): whether they are of one division, and those of a host of one computer. */
int merge_shards_fit(const struct merge *m);
/* By name, what no input has of the plans that they are shards of; how many shards. */
size_t merge_shards_missing(const struct merge *m, char *into, size_t size);
/* By name, with where and when, what ran more than once; how many. */
size_t merge_shards_twice(const struct merge *m, char *into, size_t size);
/* All of them are shards of one plan; their runs in its order, a new reference. */
bool merge_is_one_plan(const struct merge *m);
json_t *merge_runs_of_plan(const struct merge *m);

/* What they share, and the sources. A new reference. */
json_t *merge_provenance(const struct merge *m);

/* What of the suite was asked for, by any of them; NULL: all of it. A new reference. */
json_t *merge_only(const struct merge *m);

#endif
