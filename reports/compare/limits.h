/*
 * limits.h: how much worse a metric may get: `--limit`.
 *
 * RULE[,RULE]..., and a later rule goes before an earlier one. A rule is
 * PATTERN=LIMIT. A pattern without a slash names a metric or a group of
 * them; one with a slash names the workload in front of the last slash.
 * A limit is a share of the old value (5%), an absolute increase per
 * operation (12), or both (5%|12).
 */
#ifndef REPORTS_LIMITS_H
#define REPORTS_LIMITS_H

#include "reports/stats/judge.h"

#define LIMITS_MAX 64

struct limit_rule {
    char workload[128], metric[128]; /* shell patterns; workload "" stands for all */
    struct limit limit;
};

struct limits {
    struct limit_rule rule[LIMITS_MAX];
    size_t rules;
};

/* Adds what `text` says; what is wrong with it is put in `why` and -1 returned. */
int limits_add(struct limits *l, const char *text, char *why, size_t size);

/*
 * The limit of a metric. A metric that is not judged by itself is judged
 * when a rule names it or its group; `*` alone names only those that are.
 */
struct limit limits_of(const struct limits *l, const char *workload, const char *metric, const char *group,
                       bool judged);

#endif
