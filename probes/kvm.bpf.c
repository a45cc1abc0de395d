// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/*
 * kvm.bpf.c: the probes on KVM's tracepoints, the cheap way: tp_btf gets the
 * tracepoint's own arguments, and the kernel's structures are read by name.
 * For that it needs type information of kvm. What an event means is in
 * kvm_events.bpf.h.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "kvm_events.bpf.h"
#include "kernel.bpf.h"
#include "kvm_trace.bpf.h"
#include "kvm_parts.bpf.h" /* its probe of exits before those below: probes of one event follow each other as here */

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define MSR_X2APIC_EOI 0x80b

/* The VMCB changes only when nested guests come and go, and then hflags does. */
static __always_inline const void *svm_exit_place(struct kvm_vcpu_state *s, struct kvm_vcpu *vcpu)
{
    __u32 hflags = bpf_core_field_exists(vcpu->arch.hflags) ? vcpu->arch.hflags : ~s->hflags;
    if (s->hflags != hflags) {
        struct vcpu_svm *svm = (void *)vcpu;
        s->vmcb_exit = (__u64)BPF_CORE_READ(svm, vmcb) + VMCB_EXIT;
        s->hflags = hflags;
    }
    return (const void *)s->vmcb_exit;
}

static __always_inline void count_msr(struct kvm_vcpu_state *s, __u32 place, __u32 msr)
{
    if (msr == MSR_X2APIC_EOI) {
        s->exit_flags |= KVM_EXIT_EOI;
        if (s->eoi_owed)
            return;
    }
    detail_count(s, KVM_DETAIL_MSR, place, msr);
}

/*
 * A guest that takes KVM for Hyper-V gives its hypercalls Hyper-V's numbers
 * (arch/x86/kvm/hyperv.c, kvm_hv_hypercall()): in RCX, or EAX outside of long mode.
 */
static __always_inline void count_hypercall(struct kvm_vcpu_state *s, __u32 place, struct kvm_vcpu *vcpu)
{
    __u64 number = vcpu->arch.regs[0], rcx;
    __u8 type = KVM_DETAIL_HYPERCALL;
    /* The guest's name lies far behind, where no load of BPF's reaches. */
    if (bpf_core_field_exists(vcpu->arch.hyperv_enabled) && vcpu->arch.hyperv_enabled &&
        BPF_CORE_READ(vcpu, kvm, arch.hyperv.hv_guest_os_id)) {
        rcx = vcpu->arch.regs[1];
        settle(rcx);
        number = (__u16)(vcpu->arch.efer & EFER_LMA ? rcx : number);
        type = KVM_DETAIL_HYPERV;
    }
    detail_count(s, type, place, number);
}

/* From a program of the guest: CPUID with the mark as its leaf. A region ends when this exit came in, not the one
 * before. */
static __always_inline void mark_by_cpuid(struct kvm_vcpu_state *s, struct kvm_vcpu *vcpu)
{
    __u32 leaf = (__u32)vcpu->arch.regs[0];
    if (settings.mark_port != PVB_MARK_PORT || !PVB_MARK_IS(leaf))
        return;
    on_exit_done(s);
    mark_note(s, leaf);
}

/* AMD: the reason is no argument of the tracepoint, it lies in the VMCB, and with it what the exit is about. */
static __always_inline int svm_exit(struct kvm_vcpu *vcpu)
{
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx);
    struct vmcb_exit exit;
    if (!s)
        return 0;
    bpf_probe_read_kernel(&exit, sizeof(exit), svm_exit_place(s, vcpu));
    __u32 kind = kvm_kind_of(exit.code), place = on_exit(s, kind);
    if (kind == 0x7b) { /* first: it has the longest way of all */
        __u32 port = (__u32)exit.info1 >> IOIO_PORT_SHIFT;
        if (port == settings.mark_port && (exit.info1 & (IOIO_IN | IOIO_STRING | IOIO_SIZE32)) == IOIO_SIZE32 &&
            PVB_MARK_IS((__u32)vcpu->arch.regs[0])) {
            /* A region ends when this exit came in, not the one before. */
            on_exit_done(s);
            mark_note(s, (__u32)vcpu->arch.regs[0]);
            place = s->place;
        }
        detail_count(s, KVM_DETAIL_PORT, place, port);
        on_exit_done(s);
        return 0;
    }
    barrier_var(kind); /* else clang makes one search of all kinds, and ports are found last */
    if (kind == 0x7c) {
        count_msr(s, place, (__u32)vcpu->arch.regs[1]);
    } else if (kind == 0x81) {
        count_hypercall(s, place, vcpu);
    } else if (kind == KVM_KIND_NESTED) {
        detail_count(s, KVM_DETAIL_PAGE, place, exit.info2 & ~0xfffull);
    } else if (kind == 0x60) {
        s->exit_flags |= KVM_EXIT_INTERRUPT;
    } else if (kind == 0x72) {
        mark_by_cpuid(s, vcpu);
    } else if (kind == KVM_KIND_OTHER) {
        detail_count(s, KVM_DETAIL_REASON, place, exit.code);
    }
    on_exit_done(s);
    return 0;
}

/* Intel: what is in memory is taken from there, the rest is told by events of their own. */
static __always_inline int vmx_exit(struct kvm_vcpu *vcpu, __u32 reason)
{
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx);
    if (!s)
        return 0;
    __u32 kind = kvm_kind_of(reason & 0xffff), place = on_exit(s, kind);
    s->detailed = 0;
    if (kind == 1)
        s->exit_flags |= KVM_EXIT_INTERRUPT;
    else if (kind == 10)
        mark_by_cpuid(s, vcpu);
    else if (kind == 18)
        count_hypercall(s, place, vcpu);
    else if (kind == 31 || kind == 32)
        count_msr(s, place, (__u32)vcpu->arch.regs[1]);
    else if (kind == KVM_KIND_OTHER)
        detail_count(s, KVM_DETAIL_REASON, place, reason);
    on_exit_done(s);
    return 0;
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

/* AMD's address alone lies in memory for every exit; Intel's is to be had from the classic tracepoint. */
static __always_inline int trace_exit(struct kvm_vcpu *vcpu)
{
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx);
    if (s)
        s->address = vcpu->arch.regs[16];
    return 0;
}

/* Before those that count, so that no cost has anything of it. */
SEC("tp_btf/kvm_exit")
int BPF_PROG(trace_svm_exit, struct kvm_vcpu *vcpu)
{
    return vcpu ? trace_exit(vcpu) : 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(trace_svm_exit_reason, __u32 reason, struct kvm_vcpu *vcpu)
{
    return vcpu ? trace_exit(vcpu) : 0;
}

/*
 * Since Linux 6.13 (and 6.12's stable series) the verifier takes any argument
 * of a tracepoint for NULL until it is told. Before Linux 5.17 the reason was
 * the first argument, although not AMD's whole.
 */
SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_svm_exit, struct kvm_vcpu *vcpu)
{
    return vcpu ? svm_exit(vcpu) : 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_svm_exit_reason, __u32 reason, struct kvm_vcpu *vcpu)
{
    return vcpu ? svm_exit(vcpu) : 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_vmx_exit, struct kvm_vcpu *vcpu)
{
    return vcpu ? vmx_exit(vcpu, vmx_reason(vcpu)) : 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_vmx_exit_reason, __u32 reason, struct kvm_vcpu *vcpu)
{
    return vcpu ? vmx_exit(vcpu, reason) : 0;
}

/* Behind them, where vCPUs are told apart: a guest with one has no instruction of it in its exits. */
static __always_inline int others_exit(struct kvm_vcpu *vcpu)
{
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx);
    if (!s || !s->books)
        return 0;
    on_exit_of_others(s);
    on_exit_done(s);
    return 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_others_exit, struct kvm_vcpu *vcpu)
{
    return vcpu ? others_exit(vcpu) : 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(fast_others_exit_reason, __u32 reason, struct kvm_vcpu *vcpu)
{
    return vcpu ? others_exit(vcpu) : 0;
}

static __always_inline int typed_entry(struct kvm_vcpu *vcpu, __u64 now, bool whole)
{
    struct kvm_vcpu_state *s = vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx);
    if (!s || on_usual_entry(s, now, whole))
        return 0;
    /* The permission is given together with the interrupt. */
    bool pv_eoi = s->since_flags & KVM_SINCE_INJECTED && bpf_core_field_exists(vcpu->arch.apic_attention) &&
                  vcpu->arch.apic_attention & PV_EOI_PENDING;
    on_unusual_entry(s, now, pv_eoi);
    return 0;
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(fast_entry, struct kvm_vcpu *vcpu)
{
    __u64 now = bpf_ktime_get_ns();
    return vcpu ? typed_entry(vcpu, now, false) : 0;
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(fast_entry_exact, struct kvm_vcpu *vcpu)
{
    __u64 now = bpf_ktime_get_ns();
    return vcpu ? typed_entry(vcpu, now, true) : 0;
}

/* In place of both, where exits are traced. */
SEC("tp_btf/kvm_entry")
int BPF_PROG(fast_entry_trace, struct kvm_vcpu *vcpu)
{
    __u64 now = bpf_ktime_get_ns();
    struct kvm_vcpu_state *s = vcpu ? vcpu_state((__u64)vcpu, (__u32)vcpu->vcpu_idx) : NULL;
    if (!s)
        return 0;
    trace_entry(s, now);
    return typed_entry(vcpu, now, false);
}

/* In place of both, where the parts are asked for. */
SEC("tp_btf/kvm_entry")
int BPF_PROG(fast_entry_parts, struct kvm_vcpu *vcpu)
{
    __u64 now = bpf_ktime_get_ns();
    bool parts = parts_before_entry(now);
    if (vcpu)
        typed_entry(vcpu, now, settings.exact);
    if (parts)
        parts_behind_entry();
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
int BPF_PROG(fast_userspace, __u64 reason, int error)
{
    on_userspace(reason, error);
    return 0;
}

/* Each vCPU gets its offset when it is made, maybe in the place of one that is gone; later, hardly ever. */
SEC("tp_btf/kvm_write_tsc_offset")
int BPF_PROG(fast_tsc_offset)
{
    if (target && bpf_get_current_pid_tgid() >> 32 == target)
        vcpus_doubt();
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
