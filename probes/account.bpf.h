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
#include <pvbench/log.h>

/* Set before the probes are loaded. */
const volatile struct kvm_settings settings = {};

/* Set when the process is known; 0 counts nobody. */
__u32 target = 0;

__u32 isa = 0;
__u32 stats_used = 0;
struct kvm_lost lost = {};

struct kvm_vcpu_state vcpus[KVM_VCPUS] = {};
struct kvm_region_state regions[KVM_REGIONS] = {};
__u32 stat_of[KVM_PLACES] = {}; /* record number, 0: none yet */
__u32 region = 0;               /* of the process */
__u64 region_since = 0;

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct kvm_stat);
} stats SEC(".maps");

/*
 * Details in three tables, so that many of one sort leave the others their
 * room: a guest has as many pages as it has memory, chooses the numbers of
 * ports, MSRs and hypercalls, but neither vectors nor reasons.
 */
#define DETAILS(name)                                                                                                  \
    struct {                                                                                                           \
        __uint(type, BPF_MAP_TYPE_PERCPU_HASH);                                                                        \
        __uint(max_entries, KVM_DETAILS);                                                                              \
        __type(key, struct kvm_detail_key);                                                                            \
        __type(value, __u64);                                                                                          \
    } name SEC(".maps")
DETAILS(pages);
DETAILS(numbers);
DETAILS(reasons); /* also what of the other two found no room: one key for each kind of exit */

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
 * The first exit of a vCPU, the first one after a doubt, or one that is not
 * of this process. The index is the vCPU's own; where a process has several machines, the next free one.
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
        __u64 was = s->vcpu;
        if (was != vcpu && (was | KVM_VCPU_SURE) != vcpu && __sync_val_compare_and_swap(&s->vcpu, 0, vcpu) != 0)
            continue;
        s->vcpu = vcpu;
        if (was != vcpu || s->thread != id) {
            s->thread = id;
            s->hflags = ~0u;
            s->slot = (__u16)at;
            s->books = at && settings.by_vcpu;
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

static __noinline struct kvm_vcpu_state *vcpu_look_up(__u64 id)
{
    __u32 thread = (__u32)id;
    if (!target || id >> 32 != target)
        return NULL;
    __u32 *at = bpf_map_lookup_elem(&threads, &thread);
    struct kvm_vcpu_state *s = at ? vcpu_at(*at) : NULL;
    return s && s->thread == id ? s : NULL;
}

/* The state of the vCPU that this thread runs, or NULL when it is none of ours. Not for processors that idle. */
static __always_inline struct kvm_vcpu_state *vcpu_of(__u64 id)
{
    struct kvm_vcpu_state *s = vcpu_at(place_of[id & (KVM_VCPUS - 1)]);
    return s->thread == id ? s : vcpu_look_up(id);
}

static __always_inline struct kvm_vcpu_state *vcpu_current(void)
{
    __u64 id = bpf_get_current_pid_tgid();
    return id ? vcpu_of(id) : NULL;
}

/*
 * What is known of the process's vCPUs may be so no longer: one may run in
 * another thread, or lie where one was that is gone. The usual way does not
 * ask; for that the next event of each comes to vcpu_claim().
 */
static __noinline int vcpus_doubt(void)
{
    for (__u32 i = 0; i < KVM_VCPUS; i++)
        vcpu_at(i)->vcpu &= ~KVM_VCPU_SURE;
    return 0;
}

/* --- details --------------------------------------------------------------- */

/* False when the table is full. Another processor may have made the same key meanwhile. */
static __always_inline bool table_add(void *table, const struct kvm_detail_key *key, __u64 count)
{
    const __u64 none = 0;
    __u64 *n = bpf_map_lookup_elem(table, key);
    if (!n) {
        bpf_map_update_elem(table, key, &none, BPF_NOEXIST);
        n = bpf_map_lookup_elem(table, key);
    }
    if (n)
        *n += count;
    return n;
}

static __always_inline void detail_add(struct kvm_detail_key *key, __u64 count)
{
    if (key->type < KVM_DETAIL_PAGE && table_add(&numbers, key, count))
        return;
    if (key->type == KVM_DETAIL_PAGE && table_add(&pages, key, count))
        return;
    if (key->type <= KVM_DETAIL_PAGE) {
        key->key = 0;
        key->rest = 1;
    }
    if (!table_add(&reasons, key, count))
        lose(details, count);
}

/* Another one than before. */
static __noinline int detail_change(struct kvm_vcpu_state *s, __u32 sort, __u64 key)
{
    struct kvm_detail_key old = kvm_sort_key(s->detail_sort, s->detail_key);
    if (s->detail_count)
        detail_add(&old, s->detail_count);
    s->detail_sort = sort;
    s->detail_key = key;
    s->detail_count = 1;
    return 0;
}

static __always_inline void detail_count(struct kvm_vcpu_state *s, __u8 type, __u32 place, __u64 key)
{
    __u32 sort = kvm_sort(type, place);
    if (s->detail_key == key && s->detail_sort == sort)
        s->detail_count++;
    else
        detail_change(s, sort, key);
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
        return kind == 30                                             ? KVM_DETAIL_PORT
               : kind == 31 || kind == 32 || kind == 84 || kind == 85 ? KVM_DETAIL_MSR
               : kind == 18                                           ? KVM_DETAIL_HYPERCALL
               : kind == 48 || kind == 49                             ? KVM_DETAIL_PAGE
                                                                      : KVM_DETAIL_NONE;
    return KVM_DETAIL_NONE;
}

/* For events of their own that tell what the exit under way is about: it has one detail, the first. */
static __always_inline void detail_note(struct kvm_vcpu_state *s, __u8 type, __u64 key)
{
    if (!(s->exit_flags & KVM_EXIT_UNDER_WAY)) {
        /* A fast path may tell it before the exit itself is told. */
        s->early_type = type;
        s->early_key = key;
        return;
    }
    if (s->detailed || detail_wanted(kvm_place_kind(s->place)) != type)
        return;
    s->detailed = 1;
    detail_count(s, type, s->place & ~(__u32)KVM_PLACE_PATH, key);
}

/* What is no exit's detail: outside of the usual way, so straight into the table. */
static __noinline int detail_besides(struct kvm_vcpu_state *s, __u8 type, __u64 key)
{
    struct kvm_detail_key k = {
        .key = key,
        .region = s && s->exit_flags & KVM_EXIT_UNDER_WAY ? kvm_place_region(s->place) : (__u16)region,
        .type = type,
    };
    detail_add(&k, 1);
    return 0;
}

/* Exits to user mode come in a row, too. */
static __noinline int userspace_change(struct kvm_vcpu_state *s, __u64 userspace)
{
    struct kvm_detail_key old = kvm_userspace_key(s->userspace);
    if (s->userspace_count)
        detail_add(&old, s->userspace_count);
    s->userspace = userspace;
    s->userspace_count = 1;
    return 0;
}

static __always_inline void userspace_count(struct kvm_vcpu_state *s, __u64 key)
{
    __u64 userspace = kvm_userspace(s->place, key);
    if (s->userspace == userspace)
        s->userspace_count++;
    else
        userspace_change(s, userspace);
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
    s->place = kvm_place(0, kvm_place_path(s->place), kvm_place_kind(s->place));
    if (!PVB_MARK_IS_END(mark)) {
        if (region)
            lose(marks, 1);
        s->since_flags |= KVM_SINCE_MARK;
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

/* A number for a record that has none yet; that of no record when all are taken. */
static __noinline __u32 stat_new(__u32 place)
{
    if (place >= KVM_PLACES || stats_used + 1 >= settings.stats_max)
        return settings.stats_max;
    __u32 id = __sync_fetch_and_add(&stats_used, 1) + 1;
    if (id >= settings.stats_max)
        return settings.stats_max;
    __u32 other = __sync_val_compare_and_swap(&stat_of[place], 0, id);
    return other ? other : id;
}

#define FOUR(n)    n, n, n, n
#define SIXTEEN(n) FOUR(n), FOUR(n), FOUR(n), FOUR(n)
static const __u8 log2_of_byte[256] = {
    0,          0,          1,          1,          FOUR(2),    FOUR(3),    FOUR(3),    SIXTEEN(4),
    SIXTEEN(5), SIXTEEN(5), SIXTEEN(6), SIXTEEN(6), SIXTEEN(6), SIXTEEN(6), SIXTEEN(7), SIXTEEN(7),
    SIXTEEN(7), SIXTEEN(7), SIXTEEN(7), SIXTEEN(7), SIXTEEN(7), SIXTEEN(7),
};

static __noinline __u32 log2_of_long(__u64 v)
{
    __u32 n = 16;
    v >>= 16;
    if (v >> 32) {
        v >>= 32;
        n = 48;
    } else if (v >> 16) {
        v >>= 16;
        n = 32;
    }
    return n + (v >> 8 ? 8 + log2_of_byte[v >> 8 & 255] : log2_of_byte[v & 255]);
}

/* Most costs have two bytes. */
static __always_inline __u32 log2_of(__u64 v)
{
    __u32 n;
    settle(v);
    if (v >> 16)
        n = log2_of_long(v);
    else
        n = v >> 8 ? 8 + log2_of_byte[v >> 8] : log2_of_byte[v];
    settle(n);
    return n & (KVM_LOG2 - 1);
}

static __always_inline void stat_sum(struct kvm_stat *st, __u64 cost)
{
    st->log2[log2_of(cost)]++;
    st->sum += cost;
    if (cost > st->max)
        st->max = cost;
    if (~cost > st->not_min)
        st->not_min = ~cost;
}

/* Another than the most usual cost. */
static __noinline int stat_distinct(struct kvm_stat *st, __u64 cost)
{
    for (int i = 0; i < KVM_DISTINCT; i++) {
        struct kvm_distinct_cost *d = &st->distinct[i], first = st->distinct[0], this = {cost, d->times + 1};
        if (d->times && d->value != cost)
            continue;
        if (this.times > first.times) {
            *d = first;
            st->distinct[0] = this;
        } else {
            *d = this;
        }
        return 0;
    }
    stat_sum(st, cost);
    return 0;
}

/* `whole`: settings.exact, where the caller knows it. */
static __always_inline void stat_add(struct kvm_vcpu_state *s, __u64 now, __u64 waited, bool whole)
{
    __u32 place = s->place;
    settle(place);
    if (place >= KVM_PLACES)
        return;
    __u32 id = stat_of[place];
    if (!id)
        id = stat_new(place);
    struct kvm_stat *st = bpf_map_lookup_elem(&stats, &id);
    if (!st) {
        lose(stats, 1);
        return;
    }
    __u64 cost = now - s->since;
    if (waited) {
        st->waited += waited;
        if (!settings.waits)
            cost -= waited;
    }
    if (!whole)
        stat_sum(st, cost);
    else if (st->distinct[0].value == cost)
        st->distinct[0].times++;
    else
        stat_distinct(st, cost);
}

#endif
