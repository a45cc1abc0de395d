/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * account.bpf.h: the books of the KVM probes: what is kept of each vCPU,
 * where an exit is entered, and how regions begin and end.
 *
 * Between exit and entry as little as possible is done, since every
 * instruction is added to what the guest sees. So nothing on the usual way
 * looks up a hash: a vCPU's state and the number of its cost record lie in
 * plain arrays, and details of one sort in a row are summed up beforehand.
 */
#ifndef PROBES_ACCOUNT_BPF_H
#define PROBES_ACCOUNT_BPF_H

#include "kvm.h"

#include <bpf/bpf_helpers.h>

/* Set before the probes are loaded. */
const volatile bool exact = false;       /* keep distinct costs: the clock has no noise */
const volatile bool waits = true;        /* time blocked in HLT is part of its cost */
const volatile __u64 tick_function = 0;  /* callback of the host's tick; 0: not to be told */
const volatile __u64 sleep_function = 0; /* callback that wakes a sleeping thread */
const volatile __u32 mark_port = 0;      /* 0: regions are not marked */
const volatile __u32 stats_max = 0;      /* records in `stats` */

/* Set when the process is known; 0 counts nobody. */
__u32 target = 0;

__u32 isa = 0;
__u32 stats_used = 0;
struct kvm_lost lost = {};

struct kvm_vcpu_state vcpus[KVM_VCPUS] = {};
struct kvm_region_state regions[KVM_REGIONS] = {};
__u32 stat_of[KVM_REGIONS * KVM_PATHS * KVM_KINDS] = {}; /* record number + 1 */
__u32 region = 0;                                        /* of the process */
__u64 region_since = 0;

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct kvm_stat);
} stats SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct kvm_detail_key);
    __type(value, __u64);
} details SEC(".maps");

/*
 * The state of a vCPU by the thread that runs it: first by the low bits of
 * the thread's number, which is nearly always right and looks up no hash.
 */
__u16 place_of[KVM_VCPUS] = {};
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, KVM_VCPUS);
    __type(key, __u32);
    __type(value, __u32);
} threads SEC(".maps");

/* Keeps the compiler from checking one register and using another, which the verifier would not follow. */
#define settle(v) asm volatile("" : "+r"(v))

#define lose(what, n) __sync_fetch_and_add(&lost.what, (n))

static __always_inline struct kvm_vcpu_state *vcpu_at(__u32 i)
{
    return &vcpus[i & (KVM_VCPUS - 1)];
}

/*
 * The first exit of a vCPU, or one that is not of this process. The index
 * is the vCPU's own; where a process has several machines, the next free one.
 */
static __noinline struct kvm_vcpu_state *vcpu_claim(__u64 vcpu, __u32 index)
{
    __u64 id = bpf_get_current_pid_tgid();
    __u32 thread = (__u32)id;
    if (!target || id >> 32 != target)
        return NULL;
    for (__u32 i = 0; i < 16; i++) {
        __u32 at = (index + 61 * i) & (KVM_VCPUS - 1);
        struct kvm_vcpu_state *s = vcpu_at(at);
        if (s->vcpu != vcpu && __sync_val_compare_and_swap(&s->vcpu, 0, vcpu) != 0)
            continue;
        if (s->thread != thread) {
            s->thread = thread;
            s->index = (__u16)at;
            bpf_map_update_elem(&threads, &thread, &at, BPF_ANY);
            place_of[thread & (KVM_VCPUS - 1)] = (__u16)at;
        }
        return s;
    }
    lose(vcpus, 1);
    return NULL;
}

static __always_inline struct kvm_vcpu_state *vcpu_state(__u64 vcpu, __u32 index)
{
    struct kvm_vcpu_state *s = vcpu_at(index);
    return s->vcpu == vcpu ? s : vcpu_claim(vcpu, index);
}

/* The state of the vCPU that this thread of the process runs, or NULL when it runs none. */
static __always_inline struct kvm_vcpu_state *vcpu_of(__u32 thread)
{
    struct kvm_vcpu_state *s = vcpu_at(place_of[thread & (KVM_VCPUS - 1)]);
    if (s->thread == thread)
        return s;
    __u32 *at = bpf_map_lookup_elem(&threads, &thread);
    return at ? vcpu_at(*at) : NULL;
}

/* The state of the vCPU that this thread runs, or NULL when it is none of ours. */
static __always_inline struct kvm_vcpu_state *vcpu_current(void)
{
    __u64 id = bpf_get_current_pid_tgid();
    return target && id >> 32 == target ? vcpu_of((__u32)id) : NULL;
}

/* --- details --------------------------------------------------------------- */

static __always_inline void detail_add(struct kvm_detail_key *key, __u64 count)
{
    __u64 *n = bpf_map_lookup_elem(&details, key);
    if (n)
        *n += count;
    else if (bpf_map_update_elem(&details, key, &count, BPF_NOEXIST))
        lose(details, count);
}

static __noinline int detail_flush(struct kvm_vcpu_state *s)
{
    if (!s)
        return 0;
    struct kvm_detail_key key = {
        .key = s->detail_key, .region = s->detail_region, .type = s->detail_type, .kind = s->detail_kind};
    if (s->detail_count)
        detail_add(&key, s->detail_count);
    s->detail_count = 0;
    return 0;
}

static __always_inline void detail_count(struct kvm_vcpu_state *s, __u8 type, __u64 key)
{
    if (s->detail_key != key || s->detail_type != type || s->detail_kind != s->exit.kind ||
        s->detail_region != s->exit.region) {
        detail_flush(s);
        s->detail_key = key;
        s->detail_type = type;
        s->detail_kind = s->exit.kind;
        s->detail_region = s->exit.region;
    }
    s->detail_count++;
}

/* What exits of this kind are about. */
static __always_inline __u8 detail_wanted(__u32 kind)
{
    if (isa == KVM_ISA_IS_SVM)
        return kind == 0x7b              ? KVM_DETAIL_PORT
               : kind == 0x7c            ? KVM_DETAIL_MSR
               : kind == 0x81            ? KVM_DETAIL_HYPERCALL
               : kind == KVM_KIND_NESTED ? KVM_DETAIL_PAGE
                                         : KVM_DETAIL_NONE;
    if (isa == KVM_ISA_IS_VMX)
        return kind == 30                 ? KVM_DETAIL_PORT
               : kind == 31 || kind == 32 ? KVM_DETAIL_MSR
               : kind == 18               ? KVM_DETAIL_HYPERCALL
               : kind == 48 || kind == 49 ? KVM_DETAIL_PAGE
                                          : KVM_DETAIL_NONE;
    return KVM_DETAIL_NONE;
}

/* For events of their own that tell what the exit under way is about: it has one detail, the first. */
static __always_inline void detail_note(struct kvm_vcpu_state *s, __u8 type, __u64 key)
{
    if (!s->exit.under_way) {
        /* A fast path may tell it before the exit itself is told. */
        s->early_type = type;
        s->early_key = key;
        return;
    }
    if (s->exit.detailed || detail_wanted(s->exit.kind) != type)
        return;
    s->exit.detailed = 1;
    detail_count(s, type, key);
}

/* What is no exit's detail: outside of the usual way, so straight into the table. */
static __noinline int detail_besides(struct kvm_vcpu_state *s, __u8 type, __u64 key)
{
    struct kvm_detail_key k = {
        .key = key, .region = s && s->exit.under_way ? s->exit.region : (__u16)region, .type = type};
    detail_add(&k, 1);
    return 0;
}

/* Exits to user mode come in a row, too. */
static __noinline int userspace_flush(struct kvm_vcpu_state *s)
{
    if (!s)
        return 0;
    struct kvm_detail_key key = {.key = s->userspace_key, .region = s->userspace_region, .type = KVM_DETAIL_USERSPACE};
    if (s->userspace_count)
        detail_add(&key, s->userspace_count);
    s->userspace_count = 0;
    return 0;
}

static __always_inline void userspace_count(struct kvm_vcpu_state *s, __u64 key)
{
    __u16 r = s->exit.under_way ? s->exit.region : (__u16)region;
    if (s->userspace_key != key || s->userspace_region != r) {
        userspace_flush(s);
        s->userspace_key = key;
        s->userspace_region = r;
    }
    s->userspace_count++;
}

/* --- regions --------------------------------------------------------------- */

/* The mark's own exit belongs to no region: an end takes effect at once, a beginning with the next entry. */
static __always_inline void mark_note(struct kvm_vcpu_state *s, __u32 mark)
{
    __u32 r = PVB_MARK_REGION(mark) + 1;
    settle(r);
    if (r >= KVM_REGIONS) {
        lose(marks, 1);
        return;
    }
    s->exit.region = 0;
    if (!PVB_MARK_IS_END(mark)) {
        if (region)
            lose(marks, 1);
        s->happened |= KVM_SINCE_MARK;
        s->next_region = (__u16)r;
        return;
    }
    if (region != r) {
        lose(marks, 1);
        return;
    }
    regions[r].ended++;
    regions[r].ticks += s->since - region_since;
    region = 0;
}

static __always_inline void mark_take_effect(struct kvm_vcpu_state *s, __u64 now)
{
    __u32 r = s->next_region;
    settle(r);
    if (r >= KVM_REGIONS)
        return;
    regions[r].begun++;
    region_since = now;
    region = r;
}

/* --- costs ----------------------------------------------------------------- */

/* A number for a record that has none yet; 0 when all are taken. */
static __noinline __u32 stat_new(__u32 at)
{
    if (at >= KVM_REGIONS * KVM_PATHS * KVM_KINDS)
        return 0;
    __u32 id = __sync_fetch_and_add(&stats_used, 1) + 1;
    if (id > stats_max)
        return 0;
    __u32 other = __sync_val_compare_and_swap(&stat_of[at], 0, id);
    return other ? other : id;
}

#define FOUR(n)    n, n, n, n
#define SIXTEEN(n) FOUR(n), FOUR(n), FOUR(n), FOUR(n)
static const __u8 log2_of_byte[256] = {
    0,          0,          1,          1,          FOUR(2),    FOUR(3),    FOUR(3),    SIXTEEN(4),
    SIXTEEN(5), SIXTEEN(5), SIXTEEN(6), SIXTEEN(6), SIXTEEN(6), SIXTEEN(6), SIXTEEN(7), SIXTEEN(7),
    SIXTEEN(7), SIXTEEN(7), SIXTEEN(7), SIXTEEN(7), SIXTEEN(7), SIXTEEN(7),
};

static __always_inline __u32 log2_of(__u64 v)
{
    __u32 n = 0;
    if (v >> 16) {
        if (v >> KVM_LOG2)
            return KVM_LOG2 - 1;
        if (v >> 32) {
            v >>= 16;
            n = 16;
        }
        v >>= 16;
        n += 16;
    }
    if (v >> 8) {
        v >>= 8;
        n += 8;
    }
    n += log2_of_byte[v & 255];
    settle(n);
    return n < KVM_LOG2 ? n : KVM_LOG2 - 1;
}

/* What finds no room is count minus the sum of `times`. */
static __always_inline void stat_distinct(struct kvm_stat *st, __u64 cost)
{
#pragma unroll
    for (int i = 0; i < KVM_DISTINCT; i++) {
        if (!st->times[i])
            st->value[i] = cost;
        if (st->value[i] == cost) {
            st->times[i]++;
            return;
        }
    }
}

static __always_inline void stat_add(struct kvm_vcpu_state *s, __u64 now)
{
    __u32 at = (s->exit.region * KVM_PATHS + (s->exit.path & 1)) * KVM_KINDS + s->exit.kind;
    settle(at);
    if (at >= KVM_REGIONS * KVM_PATHS * KVM_KINDS)
        return;
    __u32 id = stat_of[at];
    if (!id)
        id = stat_new(at);
    id--;
    struct kvm_stat *st = bpf_map_lookup_elem(&stats, &id);
    if (!st) {
        lose(stats, 1);
        return;
    }
    __u64 cost = now - s->since;
    if (s->waited) {
        st->waited += s->waited;
        if (!waits)
            cost -= s->waited;
    }
    if (!st->count || cost < st->min)
        st->min = cost;
    if (cost > st->max)
        st->max = cost;
    st->count++;
    st->sum += cost;
    st->log2[log2_of(cost)]++;
    if (exact)
        stat_distinct(st, cost);
}

#endif
