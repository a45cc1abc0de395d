/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * kvm_trace.bpf.h: what only `pvbench trace` asks for: how the costs of each
 * vCPU's exits are spread, finely enough for percentiles, and records of
 * single exits with the guest's address. In programs of their own, so that a
 * measurement, which loads none of them, pays nothing for it.
 */
#ifndef PROBES_KVM_TRACE_BPF_H
#define PROBES_KVM_TRACE_BPF_H

#include "account.bpf.h"

/* No two processors have the same key at one time: a vCPU runs on one. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, KVM_FINES);
    __type(key, struct kvm_fine_key);
    __type(value, struct kvm_fine);
} fines SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, KVM_RECORDS_SIZE);
} records SEC(".maps");

static __always_inline void fine_add(const struct kvm_fine_key *key, __u64 cost)
{
    const struct kvm_fine none = {.min = ~0ull};
    struct kvm_fine *f = bpf_map_lookup_elem(&fines, key);
    if (!f) {
        bpf_map_update_elem(&fines, key, &none, BPF_NOEXIST);
        f = bpf_map_lookup_elem(&fines, key);
    }
    if (!f) {
        lose(fines, 1);
        return;
    }
    f->count++;
    f->sum += cost;
    if (cost < f->min)
        f->min = cost;
    if (cost > f->max)
        f->max = cost;
}

/* What the exit was about is in the state only if it was the last to be told. */
static __always_inline void record(const struct kvm_vcpu_state *s, __u64 now)
{
    /* AMD's exits tell it themselves, if the probes are typed. */
    bool told = s->detailed || (isa == KVM_ISA_IS_SVM && !settings.at.exit_reason);
    bool about = told && (s->detail_sort & 0xffffff) == (s->place & ~(__u32)KVM_PLACE_PATH);
    struct kvm_record *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
    if (!r) {
        lose(records, 1);
        return;
    }
    r->since = s->since;
    r->until = now;
    r->address = s->address;
    r->about = about ? s->detail_key : 0;
    r->slot = s->slot;
    r->kind = kvm_place_kind(s->place);
    r->path = kvm_place_path(s->place);
    r->type = about ? s->detail_sort >> 24 : KVM_DETAIL_NONE;
    /* Who reads them looks often enough; to be waken for each would make more exits. */
    bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

/* Before the entry is entered into the books, which end the exit. */
static __noinline int trace_entry(struct kvm_vcpu_state *s, __u64 now)
{
    if (!s || !(s->exit_flags & KVM_EXIT_UNDER_WAY))
        return 0;
    __u64 cost = now - s->since;
    struct kvm_fine_key key = {.slot = s->slot,
                               .kind = kvm_place_kind(s->place),
                               .path = kvm_place_path(s->place),
                               .part = kvm_fine_part(cost, log2_of(cost))};
    fine_add(&key, cost);
    if (cost >= settings.longer)
        record(s, now);
    return 0;
}

#endif
