/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * kvm_events.bpf.h: what each event means, written once for both ways by
 * which events come in: kvm.bpf.c's and kvm_classic.bpf.c's.
 */
#ifndef PROBES_KVM_EVENTS_BPF_H
#define PROBES_KVM_EVENTS_BPF_H

#include "account.bpf.h"

#define PIO_OUT 1

/* Returns its place. */
static __always_inline __u32 on_exit(struct kvm_vcpu_state *s, __u32 kind)
{
    __u32 place = kvm_place(region, KVM_IN_KERNEL, kind);
    s->place = place;
    s->exit_flags = KVM_EXIT_UNDER_WAY;
    return place;
}

/* Where vCPUs are told apart: into the books of the others, once all else is known of the exit. */
static __always_inline void on_exit_of_others(struct kvm_vcpu_state *s)
{
    if (s->books)
        s->place += KVM_REGIONS * KVM_PLACE_REGION;
}

/* The last thing on the way in, so that the probe's own time is not in the cost. */
static __always_inline void on_exit_done(struct kvm_vcpu_state *s)
{
    s->since = bpf_ktime_get_ns();
}

/*
 * Exits that the host's own interrupts caused, which are all but those of the
 * guest's timers, which KVM keeps: the interrupt itself, and the end of interrupt that a guest
 * was allowed to write to memory, had the interrupt not taken the permission
 * back. Whose they are is known only now, since some kernels handle the
 * interrupt before they tell the exit.
 */
static __always_inline bool is_hosts_own(struct kvm_vcpu_state *s)
{
    if (settings.tick_function && s->exit_flags & KVM_EXIT_INTERRUPT && !(s->since_flags & KVM_SINCE_TIMER)) {
        s->eoi_owed = (s->since_flags & KVM_SINCE_PV_EOI) != 0;
        return true;
    }
    if (s->exit_flags & KVM_EXIT_EOI && s->eoi_owed) {
        s->eoi_owed = 0;
        return true;
    }
    return false;
}

static __noinline int on_unusual_entry(struct kvm_vcpu_state *s, __u64 now, bool pv_eoi)
{
    if (s->exit_flags & KVM_EXIT_UNDER_WAY) {
        if (is_hosts_own(s))
            s->place = kvm_place(kvm_place_region(s->place), kvm_place_path(s->place), KVM_KIND_HOST);
        stat_add(s, now, s->since_flags & KVM_SINCE_WAITED ? s->waited : 0, settings.exact);
    }
    if (s->since_flags & KVM_SINCE_MARK)
        mark_take_effect(s, now);
    s->waited = 0;
    s->flags = 0;
    s->since_flags = pv_eoi ? KVM_SINCE_PV_EOI : 0;
    return 0;
}

/* False when there is more to it. */
static __always_inline bool on_usual_entry(struct kvm_vcpu_state *s, __u64 now, bool whole)
{
    if (s->flags != KVM_EXIT_UNDER_WAY)
        return false;
    stat_add(s, now, 0, whole);
    s->flags = 0;
    return true;
}

static __always_inline void on_detail(__u8 type, __u64 key)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (s)
        detail_note(s, type, key);
}

static __always_inline bool is_mark(__u32 rw, __u32 port, __u32 size, __u32 count)
{
    return port == settings.mark_port && rw == PIO_OUT && size == 4 && count == 1;
}

static __always_inline void on_pio(struct kvm_vcpu_state *s, bool mark, __u32 port, __u32 value)
{
    if (mark && PVB_MARK_IS(value) && s->exit_flags & KVM_EXIT_UNDER_WAY)
        mark_note(s, value);
    detail_note(s, KVM_DETAIL_PORT, port);
}

/* A vCPU may leave before it has ever entered, and then has no state yet; or it has a new thread. */
static __noinline int on_unusual_userspace(__u64 id, __u64 reason, int error)
{
    __u64 key = error < 0 ? KVM_USERSPACE_ERROR | (__u32)-error : reason;
    struct kvm_vcpu_state *s = vcpu_of(id);
    if (s && s->exit_flags & KVM_EXIT_UNDER_WAY) {
        s->place |= KVM_PLACE_PATH;
        userspace_count(s, key);
    } else if (s || (target && id >> 32 == target)) {
        if (!s)
            vcpus_doubt();
        detail_besides(NULL, KVM_DETAIL_USERSPACE, key);
    }
    return 0;
}

static __always_inline void on_userspace(__u64 reason, int error)
{
    __u64 id = bpf_get_current_pid_tgid();
    struct kvm_vcpu_state *s = vcpu_at(place_of[id & (KVM_VCPUS - 1)]);
    settle(s);
    if (s->thread != id || !s->exit_flags || error) {
        on_unusual_userspace(id, reason, error);
        return;
    }
    s->place |= KVM_PLACE_PATH;
    userspace_count(s, reason);
}

static __always_inline void on_injected(__u32 vector)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (!s)
        return;
    s->eoi_owed = 0;
    s->since_flags |= KVM_SINCE_INJECTED;
    detail_besides(s, KVM_DETAIL_INJECTED, vector);
}

static __always_inline void on_wakeup(__u64 ns)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (!s || !(s->exit_flags & KVM_EXIT_UNDER_WAY))
        return;
    s->waited += ns;
    s->since_flags |= KVM_SINCE_WAITED;
}

/*
 * In an interrupt, on top of whatever ran: of interest when that is a vCPU.
 * Timers of the host's own: its tick, and the alarm clocks of sleeping threads,
 * also those of the virtual machine monitor, which might sleep on another processor.
 */
static __always_inline void on_timer(__u64 function)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (s && function != settings.tick_function && function != settings.sleep_function)
        s->since_flags |= KVM_SINCE_TIMER;
}

#endif
