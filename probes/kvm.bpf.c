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

#define PIO_OUT        1
#define MSR_X2APIC_EOI 0x80b

static __always_inline void on_exit(struct kvm_vcpu_state *s, __u32 kind, __u32 from)
{
    const struct kvm_exit_state exit = {
        .under_way = 1,
        .kind = (__u8)kind,
        .path = KVM_IN_KERNEL,
        .interrupt = from == KVM_ISA_IS_SVM ? kind == 0x60 : from == KVM_ISA_IS_VMX && kind == 1,
        .region = (__u16)region,
    };
    s->exit = exit;
    s->waited = 0;
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
    if (tick_function && s->exit.interrupt && !(s->happened & KVM_SINCE_TIMER)) {
        s->eoi_owed = s->pv_eoi;
        return true;
    }
    if (s->exit.eoi && s->eoi_owed) {
        s->eoi_owed = 0;
        return true;
    }
    return false;
}

static __always_inline void on_entry(struct kvm_vcpu_state *s, __u64 now, bool pv_eoi)
{
    if (s->exit.under_way) {
        if (is_hosts_own(s))
            s->exit.kind = KVM_KIND_HOST;
        stat_add(s, now);
        s->exit.under_way = 0;
    }
    s->pv_eoi = pv_eoi;
    if (s->happened) {
        if (s->happened & KVM_SINCE_MARK)
            mark_take_effect(s, now);
        s->happened = 0;
    }
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
    if (mark && PVB_MARK_IS(value) && s->exit.under_way)
        mark_note(s, value);
    detail_note(s, KVM_DETAIL_PORT, port);
}

/* A vCPU may leave before it has ever entered, and then has no state yet. */
static __always_inline void on_userspace(__u32 reason, int error)
{
    __u64 id = bpf_get_current_pid_tgid(), key = error < 0 ? KVM_USERSPACE_ERROR | (__u32)-error : reason;
    if (!target || id >> 32 != target)
        return;
    struct kvm_vcpu_state *s = vcpu_of((__u32)id);
    if (s) {
        s->exit.path = KVM_THROUGH_USERSPACE;
        userspace_count(s, key);
    } else {
        detail_besides(s, KVM_DETAIL_USERSPACE, key);
    }
}

static __always_inline void on_injected(__u32 vector)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (!s)
        return;
    s->eoi_owed = 0;
    s->happened |= KVM_SINCE_INJECTED;
    detail_besides(s, KVM_DETAIL_INJECTED, vector);
}

static __always_inline void on_wakeup(__u64 ns)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (s && s->exit.under_way)
        s->waited += ns;
}

/*
 * In an interrupt, on top of whatever ran: of interest when that is a vCPU.
 * Timers of the host's own: its tick, and the alarm clocks of sleeping threads,
 * also those of the virtual machine monitor, which might sleep on another processor.
 */
static __always_inline void on_timer(__u64 function)
{
    struct kvm_vcpu_state *s = vcpu_current();
    if (s && function != tick_function && function != sleep_function)
        s->happened |= KVM_SINCE_TIMER;
}

/* --- the cheap way: the tracepoints' arguments, and what they lead to ------------ */

/* AMD: the reason is no argument of the tracepoint, it lies in the VMCB, and with it what the exit is about. */
static __always_inline void svm_exit(struct kvm_vcpu_state *s, struct kvm_vcpu *vcpu)
{
    struct vmcb_exit exit = {};
    /* The VMCB changes only when nested guests come and go, and then hflags does. */
    __u32 hflags = bpf_core_field_exists(vcpu->arch.hflags) ? vcpu->arch.hflags : ~s->hflags;
    if (!s->vmcb || s->hflags != hflags) {
        struct vcpu_svm *svm = (void *)vcpu;
        s->vmcb = (__u64)BPF_CORE_READ(svm, vmcb);
        s->hflags = hflags;
    }
    bpf_probe_read_kernel(&exit, sizeof(exit), (void *)(s->vmcb + VMCB_EXIT));
    __u32 kind = kvm_kind_of((__u32)exit.code);
    on_exit(s, kind, KVM_ISA_IS_SVM);
    if (kind == 0x7b) {
        __u32 port = (__u32)exit.info1 >> IOIO_PORT_SHIFT, value = (__u32)vcpu->arch.regs[0];
        if (mark_port && port == mark_port && PVB_MARK_IS(value) &&
            (exit.info1 & (IOIO_IN | IOIO_STRING | IOIO_SIZE32)) == IOIO_SIZE32)
            mark_note(s, value);
        detail_count(s, KVM_DETAIL_PORT, port);
    } else if (kind == 0x7c) {
        __u32 msr = (__u32)vcpu->arch.regs[1];
        s->exit.eoi = msr == MSR_X2APIC_EOI;
        if (!(s->exit.eoi && s->eoi_owed))
            detail_count(s, KVM_DETAIL_MSR, msr);
    } else if (kind == 0x81) {
        detail_count(s, KVM_DETAIL_HYPERCALL, vcpu->arch.regs[0]);
    } else if (kind == KVM_KIND_NESTED) {
        detail_count(s, KVM_DETAIL_PAGE, exit.info2 & ~0xfffull);
    } else if (kind == KVM_KIND_OTHER) {
        detail_count(s, KVM_DETAIL_REASON, (__u32)exit.code);
    }
}

/* Intel: what is in memory is taken from there, the rest is told by events of their own. */
static __always_inline void vmx_exit(struct kvm_vcpu_state *s, struct kvm_vcpu *vcpu, __u32 reason)
{
    __u32 kind = kvm_kind_of(reason & 0xffff);
    on_exit(s, kind, KVM_ISA_IS_VMX);
    if (kind == 18)
        detail_count(s, KVM_DETAIL_HYPERCALL, vcpu->arch.regs[0]);
    else if (kind == 31 || kind == 32) {
        __u32 msr = (__u32)vcpu->arch.regs[1];
        s->exit.eoi = msr == MSR_X2APIC_EOI;
        if (!(s->exit.eoi && s->eoi_owed))
            detail_count(s, KVM_DETAIL_MSR, msr);
    } else if (kind == KVM_KIND_OTHER)
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
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx);
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
/* Since Linux 6.13 (and 6.12's stable series) the verifier takes any argument of a tracepoint for NULL until it is
 * told. */
SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_exit, struct kvm_vcpu *vcpu, __u32 from)
{
    if (!vcpu)
        return 0;
    return typed_exit(vcpu, from, 0, false);
}

/* Before that, the reason was an argument. */
SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_exit_reason, __u32 reason, struct kvm_vcpu *vcpu, __u32 from)
{
    if (!vcpu)
        return 0;
    return typed_exit(vcpu, from, reason, true);
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(fast_entry, struct kvm_vcpu *vcpu)
{
    __u64 now = bpf_ktime_get_ns();
    if (!vcpu)
        return 0;
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx);
    bool pv_eoi = false;
    if (!s)
        return 0;
    /* The permission is given together with the interrupt. */
    if (s->happened & KVM_SINCE_INJECTED && bpf_core_field_exists(vcpu->arch.apic_attention))
        pv_eoi = vcpu->arch.apic_attention & PV_EOI_PENDING;
    on_entry(s, now, pv_eoi);
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
    if (timer)
        on_timer((__u64)timer->function);
    return 0;
}

#include "classic.bpf.h"
