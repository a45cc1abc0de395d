// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/*
 * kvm.bpf.c: the probes on KVM's tracepoints.
 *
 * Every event comes in by one of two ways, of which one is loaded: tp_btf,
 * which gets the tracepoint's own arguments and is the cheap one, and the
 * classic tracepoint, whose fields lie where the kernel's format file says,
 * for kernels that have no type information of kvm. What an event means is
 * written once, in the on_…() functions.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include <pvbench/log.h>

#include "account.bpf.h"
#include "kernel.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PIO_OUT 1

static __always_inline void on_exit(struct kvm_vcpu_state *s, __u32 kind, __u32 from)
{
    isa = from;
    s->kind = (__u8)kind;
    s->region = (__u16)region;
    s->path = KVM_IN_KERNEL;
    s->interrupt = from == KVM_ISA_IS_SVM ? kind == 0x60 : from == KVM_ISA_IS_VMX && kind == 1;
    s->detailed = 0;
    s->waited = 0;
    s->under_way = 1;
}

/* The last thing on the way in, so that the probe's own time is not in the cost. */
static __always_inline void on_exit_done(struct kvm_vcpu_state *s)
{
    s->since = bpf_ktime_get_ns();
}

static __always_inline void on_entry(struct kvm_vcpu_state *s, __u64 now)
{
    if (s->under_way) {
        if (s->interrupt && s->ticks && !s->timers)
            s->kind = KVM_KIND_HOST_TICK;
        stat_add(s, now);
        s->under_way = 0;
    }
    s->ticks = s->timers = 0;
    if (s->marks)
        mark_take_effect(s, now);
}

static __always_inline void on_detail(__u8 type, __u64 key)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (s)
        detail_note(s, type, key);
}

static __always_inline bool is_mark(__u32 rw, __u32 port, __u32 size, __u32 count)
{
    return mark_port && port == mark_port && rw == PIO_OUT && size == 4 && count == 1;
}

static __always_inline void on_pio(struct kvm_vcpu_state *s, bool mark, __u32 port, __u32 value)
{
    if (mark && PVB_MARK_IS(value) && s->under_way)
        mark_note(s, value);
    detail_note(s, KVM_DETAIL_PORT, port);
}

static __always_inline void on_userspace(__u32 reason, int error)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (!s)
        return;
    s->path = KVM_THROUGH_USERSPACE;
    detail_besides(s, KVM_DETAIL_USERSPACE, error < 0 ? KVM_USERSPACE_ERROR | (__u32)-error : reason);
}

static __always_inline void on_injected(__u32 vector)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (s)
        detail_besides(s, KVM_DETAIL_INJECTED, vector);
}

static __always_inline void on_wakeup(__u64 ns)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (s && s->under_way)
        s->waited += ns;
}

/*
 * In an interrupt, on top of whatever ran: of interest when that is a vCPU.
 * The host's own: its tick, and the alarm clocks of other processes.
 */
static __always_inline void on_timer(__u64 timer, __u64 function)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (!s)
        return;
    bool own = function == tick_function;
    if (sleep_function && function == sleep_function) {
        struct hrtimer_sleeper *sleeper = (void *)timer;
        own = (__u32)BPF_CORE_READ(sleeper, task, tgid) != target;
    }
    if (own)
        s->ticks = 1;
    else
        s->timers = 1;
}

/* --- the cheap way: the tracepoints' arguments, and what they lead to ------------ */

/* AMD: the reason is no argument of the tracepoint, it lies in the VMCB, and with it what the exit is about. */
static __always_inline void svm_exit(struct kvm_vcpu_state *s, struct kvm_vcpu *vcpu)
{
    struct vmcb_exit e = {};
    /* The VMCB changes only when nested guests come and go, and then hflags does. */
    __u32 hflags = bpf_core_field_exists(vcpu->arch.hflags) ? vcpu->arch.hflags : ~s->hflags;
    if (!s->vmcb || s->hflags != hflags) {
        struct vcpu_svm *svm = (void *)vcpu;
        s->vmcb = (__u64)BPF_CORE_READ(svm, vmcb);
        s->hflags = hflags;
    }
    bpf_probe_read_kernel(&e, sizeof(e), (void *)(s->vmcb + VMCB_EXIT));
    __u32 kind = kvm_kind_of((__u32)e.code);
    on_exit(s, kind, KVM_ISA_IS_SVM);
    if (kind == 0x7b) {
        __u32 port = (__u32)e.info1 >> IOIO_PORT_SHIFT, value = (__u32)vcpu->arch.regs[0];
        if (mark_port && port == mark_port && PVB_MARK_IS(value) &&
            (e.info1 & (IOIO_IN | IOIO_STRING | IOIO_SIZE32)) == IOIO_SIZE32)
            mark_note(s, value);
        detail_count(s, KVM_DETAIL_PORT, port);
    } else if (kind == 0x7c) {
        detail_count(s, KVM_DETAIL_MSR, (__u32)vcpu->arch.regs[1]);
    } else if (kind == 0x81) {
        detail_count(s, KVM_DETAIL_HYPERCALL, vcpu->arch.regs[0]);
    } else if (kind == KVM_KIND_NESTED) {
        detail_count(s, KVM_DETAIL_PAGE, e.info2 & ~0xfffull);
    } else if (kind == KVM_KIND_OTHER) {
        detail_count(s, KVM_DETAIL_REASON, (__u32)e.code);
    }
}

/* Intel: what is in memory is taken from there, the rest is told by events of their own. */
static __always_inline void vmx_exit(struct kvm_vcpu_state *s, struct kvm_vcpu *vcpu, __u32 reason)
{
    __u32 kind = kvm_kind_of(reason & 0xffff);
    on_exit(s, kind, KVM_ISA_IS_VMX);
    if (kind == 18)
        detail_count(s, KVM_DETAIL_HYPERCALL, vcpu->arch.regs[0]);
    else if (kind == 31 || kind == 32)
        detail_count(s, KVM_DETAIL_MSR, (__u32)vcpu->arch.regs[1]);
    else if (kind == KVM_KIND_OTHER)
        detail_count(s, KVM_DETAIL_REASON, reason);
}

static __always_inline __u32 vmx_reason(struct kvm_vcpu *vcpu)
{
    __u32 reason = ~0u;
    if (bpf_core_field_exists(struct vcpu_vmx, exit_reason)) {
        struct vcpu_vmx *vmx = (void *)vcpu;
        bpf_core_read(&reason, sizeof(reason), &vmx->exit_reason.full);
    } else if (bpf_core_field_exists(struct vcpu_vmx___vt, vt.exit_reason)) {
        struct vcpu_vmx___vt *vmx = (void *)vcpu;
        bpf_core_read(&reason, sizeof(reason), &vmx->vt.exit_reason.full);
    }
    return reason;
}

/* `reason`: only Intel's is asked for; ~0: to be looked up. */
static __always_inline int typed_exit(struct kvm_vcpu *vcpu, __u32 from, __u32 reason, bool has_reason)
{
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx, (__u32)vcpu->cpu);
    if (!s)
        return 0;
    if (from == KVM_ISA_IS_SVM && bpf_core_field_exists(struct vcpu_svm, vmcb)) {
        svm_exit(s, vcpu);
    } else if (from == KVM_ISA_IS_VMX) {
        vmx_exit(s, vcpu, has_reason ? reason : vmx_reason(vcpu));
    } else {
        on_exit(s, KVM_KIND_OTHER, KVM_ISA_UNKNOWN);
        detail_count(s, KVM_DETAIL_REASON, reason);
    }
    on_exit_done(s);
    return 0;
}

/* Linux 5.17 and later. */
SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_exit, struct kvm_vcpu *vcpu, __u32 from)
{
    return typed_exit(vcpu, from, 0, false);
}

/* Before that, the reason was an argument. */
SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_exit_reason, __u32 reason, struct kvm_vcpu *vcpu, __u32 from)
{
    return typed_exit(vcpu, from, reason, true);
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(fast_entry, struct kvm_vcpu *vcpu)
{
    __u64 now = bpf_ktime_get_ns();
    struct kvm_vcpu_state *s = vcpu_at((__u32)vcpu->vcpu_idx);
    if (s->vcpu != (__u64)vcpu)
        s = vcpu_claim((__u64)vcpu, (__u32)vcpu->vcpu_idx);
    if (s)
        on_entry(s, now);
    return 0;
}

/* Raw, since verifiers of older kernels refuse a typed pointer to const void. */
SEC("raw_tp/kvm_pio")
int BPF_PROG(fast_pio, __u32 rw, __u32 port, __u32 size, __u32 count, const void *data)
{
    struct kvm_vcpu_state *s = vcpu_current();
    bool mark = is_mark(rw, port, size, count);
    __u32 value = 0;
    if (mark)
        bpf_probe_read_kernel(&value, sizeof(value), data);
    if (s)
        on_pio(s, mark, port, value);
    return 0;
}

SEC("tp_btf/kvm_mmio")
int BPF_PROG(fast_mmio, int type, int length, __u64 address)
{
    on_detail(KVM_DETAIL_PAGE, address & ~0xfffull);
    return 0;
}

SEC("tp_btf/kvm_fast_mmio")
int BPF_PROG(fast_fast_mmio, __u64 address)
{
    on_detail(KVM_DETAIL_PAGE, address & ~0xfffull);
    return 0;
}

/* Linux 6.0 and later; before that, the vCPU was no argument. */
SEC("tp_btf/kvm_page_fault")
int BPF_PROG(fast_page_fault, struct kvm_vcpu *vcpu, __u64 address)
{
    on_detail(KVM_DETAIL_PAGE, address & ~0xfffull);
    return 0;
}

SEC("tp_btf/kvm_page_fault")
int BPF_PROG(fast_page_fault_address, unsigned long address)
{
    on_detail(KVM_DETAIL_PAGE, address & ~0xfffull);
    return 0;
}

SEC("tp_btf/kvm_userspace_exit")
int BPF_PROG(fast_userspace, __u32 reason, int error)
{
    on_userspace(reason, error);
    return 0;
}

SEC("tp_btf/kvm_inj_virq")
int BPF_PROG(fast_injected, __u32 vector)
{
    on_injected(vector);
    return 0;
}

SEC("tp_btf/kvm_vcpu_wakeup")
int BPF_PROG(fast_wakeup, __u64 ns)
{
    on_wakeup(ns);
    return 0;
}

SEC("tp_btf/hrtimer_expire_entry")
int BPF_PROG(fast_timer, struct hrtimer *timer)
{
    on_timer((__u64)timer, (__u64)timer->function);
    return 0;
}

#include "classic.bpf.h"
