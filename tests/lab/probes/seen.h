/*
 * seen.h: what a snapshot of the probes says of one kind of exit in one
 * region, for tests that know what there was.
 */
#ifndef TESTS_SEEN_H
#define TESTS_SEEN_H

#include "probes/kvm_probes.h"

struct seen {
    uint64_t exits, through, details, detail, userspace, begun, ended;
};

/* With all that a run of pvbench asks for; NULL with a note. */
struct kvm_probes *open_probes(bool classic, unsigned regions);
bool read_probes(struct kvm_probes *p, struct kvm_snapshot *s);

/* All that was counted, wherever it belongs. */
uint64_t sum(const struct kvm_snapshot *s);

/* Exits of one kind in a region, and of the detail `key` of that sort. */
struct seen look(const struct kvm_snapshot *s, unsigned region, unsigned kind, unsigned type, uint64_t key);

#endif
