/*
 * kvm_ebpf.h: what the KVM probes counted becomes the entries of the
 * measured regions. Apart from the probes, so that it is tested without a kernel.
 */
#ifndef COLLECTORS_KVM_EBPF_H
#define COLLECTORS_KVM_EBPF_H

#include "collectors/observation.h"

#include "probes/kvm_probes.h"

/* The code of an exit's kind for entry_name(); what it does not know is "other". */
uint64_t kvm_entry_code(enum kvm_isa isa, unsigned kind);

struct kvm_ebpf; /* the state of kvm_ebpf_collector */

void kvm_ebpf_take(struct observation *o, struct kvm_ebpf *k, const struct kvm_snapshot *s);

/*
 * All exits of that start that the probes saw, inside of regions and outside; `state` is kvm_ebpf_collector's.
 * False: they saw nothing, the reason being the regions' fault.
 */
bool kvm_ebpf_exits(const void *state, uint64_t *exits);

#endif
