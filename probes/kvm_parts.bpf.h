/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * kvm_parts.bpf.h: whose the time of a region is, told by the scheduler, the system calls, exits and entries. These
 * probes are loaded only when that is asked for.
 *
 * At each event the time since the one before it is entered for whoever had it. The vCPU's thread has it while it
 * runs: as the guest, as the hypervisor (in KVM_RUN, outside of the guest), or as its virtual machine monitor, in
 * user mode or in another system call. While it waits, a thread of the monitor's that runs has it, or vhost's; a
 * program before a kernel, where there are several; and nobody else.
 */
#ifndef PROBES_KVM_PARTS_BPF_H
#define PROBES_KVM_PARTS_BPF_H

#include "kvm_events.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct {
    int pid, tgid;
    unsigned flags;
    char comm[16];
};

struct pt_regs___call {
    unsigned long si;
};

#pragma clang attribute pop

#define PF_KTHREAD 0x00200000u

/* arch/x86/entry/syscalls/syscall_64.tbl and linux/kvm.h. */
#define SYSTEM_CALL_IOCTL 16
#define KVM_RUN           0xae80

struct kvm_region_parts parts[KVM_REGIONS] = {};

/* Of the vCPU that marks regions. */
__u64 parts_thread = 0; /* 0: none has yet */
__u64 parts_since = 0;  /* the last event */
__u32 parts_as = KVM_PART_IDLE;
__u32 parts_waits = 0;
__u32 parts_exits = 0; /* what comes begins with the exit that is told now, as soon as that is counted */

/* How many of the back end's threads run in each mode; KVM_PART_IDLE is for those that are not of it. */
__u32 parts_running[4] = {};

/* vhost's thread, where it is the kernel's and not the process's: Linux before 6.4. Set with `target`. */
__u64 vhost_name[2] = {};

/* The mode of the thread that runs on this processor. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u32);
} parts_here SEC(".maps");

/* And of those that do not run. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, KVM_DETAILS);
    __type(key, __u32);
    __type(value, __u32);
} parts_modes SEC(".maps");

static __always_inline __u32 parts_whose(void)
{
    if (!parts_waits)
        return parts_as;
    return parts_running[KVM_PART_USER] ? KVM_PART_USER : parts_running[KVM_PART_KERNEL] ? KVM_PART_KERNEL : 0;
}

/*
 * Processors may come here at the same time: each moment is entered once, by whoever takes the one before it. What is
 * outside of regions is entered, too, and not looked at.
 */
static __always_inline void parts_until(__u64 now)
{
    __u32 r = region, whose = parts_whose();
    __u64 before = __sync_lock_test_and_set(&parts_since, now);
    settle(r);
    settle(whose);
    if (r >= KVM_REGIONS)
        return;
    if (now > before)
        __sync_fetch_and_add(&parts[r].part[whose & (KVM_PARTS - 1)], now - before);
}

static __always_inline bool parts_mine(void)
{
    return parts_thread && bpf_get_current_pid_tgid() == parts_thread;
}

/* An event of the vCPU's thread, or of others while it waits: what has been until now is known, */
static __always_inline void parts_stop(__u64 now)
{
    struct kvm_vcpu_state *s = parts_exits ? vcpu_of(parts_thread) : NULL;
    parts_exits = 0;
    if (s && s->since > parts_since)
        parts_since = s->since;
    parts_until(now);
}

/* and what comes begins now. What the probes took in between is nobody's. */
static __always_inline void parts_resume(void)
{
    parts_since = bpf_ktime_get_ns();
}

/* A thread of that mode comes in place of the one before. */
static __always_inline void parts_here_is(__u32 *here, __u32 mode)
{
    __u32 was = *here;
    if (was == mode)
        return;
    if (was)
        __sync_fetch_and_add(&parts_running[was & 3], (__u32)-1);
    if (mode)
        __sync_fetch_and_add(&parts_running[mode & 3], 1);
    *here = mode;
}

static __always_inline __u32 *parts_here_now(void)
{
    const __u32 only = 0;
    return bpf_map_lookup_elem(&parts_here, &only);
}

/* --- exits and entries ---------------------------------------------------------- */

/* Before the probe that counts it, so that its cost has nothing of this one. */
SEC("tp_btf/kvm_exit")
int BPF_PROG(parts_exit)
{
    if (!parts_mine())
        return 0;
    parts_stop(bpf_ktime_get_ns());
    parts_as = KVM_PART_HYPERVISOR;
    parts_exits = 1;
    return 0;
}

/* What the caller counts of an entry lies between these two. True: it ends what the parts are of, or begins it. */
static __always_inline bool parts_before_entry(__u64 now)
{
    bool mine = parts_mine();
    if (mine)
        parts_stop(now);
    struct kvm_vcpu_state *s = vcpu_current();
    __u32 *here = parts_here_now();
    if (!s || !here || !(s->since_flags & KVM_SINCE_MARK))
        return mine;
    parts_thread = bpf_get_current_pid_tgid();
    parts_waits = 0;
    parts_here_is(here, KVM_PART_IDLE);
    return true;
}

static __always_inline void parts_behind_entry(void)
{
    parts_as = KVM_PART_GUEST;
    parts_resume();
}

/* --- the scheduler -------------------------------------------------------------- */

static __always_inline bool is_vhost(struct task_struct *t)
{
    __u64 name[2] = {};
    if (!(t->flags & PF_KTHREAD))
        return false;
    bpf_core_read(name, sizeof(name), &t->comm);
    return name[0] == vhost_name[0] && name[1] == vhost_name[1];
}

static __always_inline __u32 mode_of(struct task_struct *t)
{
    __u32 thread = (__u32)t->pid, process = (__u32)t->tgid;
    if (process != target)
        return is_vhost(t) ? KVM_PART_KERNEL : KVM_PART_IDLE;
    if (vcpu_of((__u64)process << 32 | thread))
        return KVM_PART_IDLE;
    /* A thread begins in the kernel. */
    __u32 *mode = bpf_map_lookup_elem(&parts_modes, &thread);
    return mode ? *mode : KVM_PART_KERNEL;
}

/* Between Linux 5.18 and its stable versions only, an argument more stood behind the first. */
SEC("tp_btf/sched_switch")
int BPF_PROG(parts_switch, bool preempt, struct task_struct *previous, struct task_struct *next)
{
    __u32 *here = parts_here_now(), thread = (__u32)bpf_get_current_pid_tgid();
    if (!target || !here || !next)
        return 0;
    bool from = parts_mine(), to = parts_thread && next->pid == (int)parts_thread, told = parts_waits || from;
    if (told)
        parts_stop(bpf_ktime_get_ns());
    if (*here && bpf_map_update_elem(&parts_modes, &thread, here, BPF_ANY))
        lose(threads, 1);
    parts_here_is(here, mode_of(next));
    if (from)
        parts_waits = 1;
    if (to)
        parts_waits = 0;
    if (told)
        parts_resume();
    return 0;
}

/* --- system calls ----------------------------------------------------------------- */

/* `as`: the vCPU's thread, whose call may be another's work; `mode`: each other. */
static __always_inline void parts_change(__u32 as, __u32 mode)
{
    __u64 id = bpf_get_current_pid_tgid();
    if (!target || id >> 32 != target)
        return;
    bool mine = parts_mine(), told = mine || parts_waits;
    __u32 *here = parts_here_now();
    if (told)
        parts_stop(bpf_ktime_get_ns());
    if (mine)
        parts_as = as;
    else if (here && *here)
        parts_here_is(here, mode);
    if (told)
        parts_resume();
}

SEC("tp_btf/sys_enter")
int BPF_PROG(parts_call, struct pt_regs___call *registers, long number)
{
    bool run = registers && number == SYSTEM_CALL_IOCTL && registers->si == KVM_RUN;
    parts_change(run ? KVM_PART_HYPERVISOR : KVM_PART_KERNEL, KVM_PART_KERNEL);
    return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(parts_return)
{
    parts_change(KVM_PART_USER, KVM_PART_USER);
    return 0;
}

#endif
