/*
 * kvm_parts.h: whose the time of a region is, as KVM's probes told it, in the result. A file of its own, as the lab's
 * parts are counted elsewhere and these only look like them.
 */
#ifndef COLLECTORS_KVM_PARTS_H
#define COLLECTORS_KVM_PARTS_H

#include "collectors/collector.h"

#include "probes/kvm_probes.h"

struct kvm_parts {
    uint64_t samples;             /* of the guest in that region */
    uint64_t said;                /* their sum, as the guest said it in the start that was watched */
    uint64_t total;               /* from mark to mark */
    struct kvm_region_parts told; /* by the probes */
};

/* `why`: they are not known, for that reason; NULL: they are. */
void kvm_parts_region(const struct region_document *d, const struct kvm_parts *p, const char *why);

#endif
