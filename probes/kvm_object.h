/*
 * kvm_object.h: the probes come in two objects, typed and classic, of which
 * the kernel takes one. Both hold the same tables by the same names, and
 * here they become one.
 */
#ifndef PROBES_KVM_OBJECT_H
#define PROBES_KVM_OBJECT_H

#include "probes/kvm.h"
#include "probes/kvm_host.h"

struct kvm_object {
    struct kvm_bpf *typed; /* one of these two */
    struct kvm_classic_bpf *classic;
    struct bpf_object_skeleton *skeleton;
    /* the tables; those in memory change while they are looked at */
    uint32_t *target, *isa, *region;
    __u64 *region_since;
    const uint32_t *stat_of; /* KVM_PLACES numbers of records */
    const struct kvm_vcpu_state *vcpus;
    struct kvm_region_state *regions;
    const struct kvm_lost *lost;
    const struct kvm_region_parts *parts;  /* KVM_REGIONS; NULL: nobody tells them */
    __u64 *vhost_name;                     /* two of them; or NULL */
    int stats, details[3], fines, records; /* maps; the last two only where exits are traced */
};

/* Loads and attaches the one that `h` asks for. A negative errno; to be closed then, too. */
int kvm_object_load(struct kvm_object *o, const struct kvm_host *h, const struct kvm_settings *settings);
void kvm_object_detach(struct kvm_object *o);
void kvm_object_close(struct kvm_object *o);

#endif
