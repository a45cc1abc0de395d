/*
 * trace_sums.h: a snapshot of the probes summed up by kind of exit, for
 * the table, the lines and the JSON of `pvbench trace`.
 */
#ifndef RUNNER_TRACE_SUMS_H
#define RUNNER_TRACE_SUMS_H

#include "probes/kvm_probes.h"

#define TRACE_NAME_SIZE 64

struct trace_kind {
    unsigned kind;
    char name[TRACE_NAME_SIZE];
    uint64_t count, sum, min, max, under_way;
    const struct kvm_cost *path[KVM_PATHS]; /* NULL: none took it */
};

struct trace_count {
    char name[TRACE_NAME_SIZE];
    uint64_t count;
};

/* By time, the longest first. Returns how many; `kinds` has room for KVM_KINDS. */
size_t trace_kinds(const struct kvm_snapshot *s, struct trace_kind *kinds);

/*
 * Details of one sort, the most frequent first; the caller frees them.
 * `kind`: only of exits of this kind; KVM_KINDS: of all.
 */
size_t trace_counts(const struct kvm_snapshot *s, enum kvm_detail type, unsigned kind, struct trace_count **counts);

#endif
