// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/*
 * kvm_classic.bpf.c: the second way in, for kernels without type information
 * of kvm: classic tracepoints, with the fields' places taken from the
 * kernel's format files before the probes are loaded.
 *
 * An object of its own, since with one program that reads structures by
 * name the loader asks for the kernel's type information, whatever is loaded.
 *
 * No vCPU is given here; the thread that runs it stands for it.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "kvm_events.bpf.h"
#include "kvm_trace.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* With 0 the kernel would take the event away from everybody else who counts it. */
#define PASS_ON 1

#define FIELD(name, type)                                                                                              \
    ({                                                                                                                 \
        type value_ = 0;                                                                                               \
        bpf_probe_read_kernel(&value_, sizeof(value_), (char *)context + settings.at.name);                            \
        value_;                                                                                                        \
    })

static __always_inline struct kvm_vcpu_state *classic_state(void)
{
    __u64 id = bpf_get_current_pid_tgid();
    struct kvm_vcpu_state *s = vcpu_of(id);
    return s ? s : vcpu_claim((__u32)id, (__u32)id);
}

SEC("tp/kvm/kvm_exit")
int classic_trace_exit(void *context)
{
    struct kvm_vcpu_state *s = classic_state();
    if (s)
        s->address = FIELD(exit_address, __u64);
    return PASS_ON;
}

SEC("tp/kvm/kvm_exit")
int classic_exit(void *context)
{
    struct kvm_vcpu_state *s = classic_state();
    if (!s)
        return PASS_ON;
    __u32 reason = FIELD(exit_reason, __u32), from = FIELD(exit_isa, __u32);
    __u32 kind = from == KVM_ISA_IS_VMX   ? kvm_kind_of(reason & 0xffff)
                 : from == KVM_ISA_IS_SVM ? kvm_kind_of(reason)
                                          : KVM_KIND_OTHER;
    isa = from;
    __u32 place = on_exit(s, kind);
    s->detailed = 0;
    if (from == KVM_ISA_IS_SVM ? kind == 0x60 : from == KVM_ISA_IS_VMX && kind == 1)
        s->exit_flags |= KVM_EXIT_INTERRUPT;
    if (s->early_type)
        detail_note(s, s->early_type, s->early_key);
    s->early_type = KVM_DETAIL_NONE;
    if (kind == KVM_KIND_OTHER)
        detail_count(s, KVM_DETAIL_REASON, place, reason);
    if (settings.by_vcpu)
        on_exit_of_others(s);
    on_exit_done(s);
    return PASS_ON;
}

SEC("tp/kvm/kvm_entry")
int classic_entry(void *context)
{
    __u64 now = bpf_ktime_get_ns();
    struct kvm_vcpu_state *s = classic_state();
    if (s && !on_usual_entry(s, now, settings.exact))
        on_unusual_entry(s, now, false);
    return PASS_ON;
}

/* In its place, where exits are traced. */
SEC("tp/kvm/kvm_entry")
int classic_entry_trace(void *context)
{
    __u64 now = bpf_ktime_get_ns();
    struct kvm_vcpu_state *s = classic_state();
    if (!s)
        return PASS_ON;
    trace_entry(s, now);
    if (!on_usual_entry(s, now, false))
        on_unusual_entry(s, now, false);
    return PASS_ON;
}

SEC("tp/kvm/kvm_hypercall")
int classic_hypercall(void *context)
{
    on_detail(KVM_DETAIL_HYPERCALL, FIELD(hypercall_nr, __u64));
    return PASS_ON;
}

SEC("tp/kvm/kvm_pio")
int classic_pio(void *context)
{
    struct kvm_vcpu_state *s = vcpu_current();
    __u32 port = FIELD(pio_port, __u32);
    if (s)
        on_pio(s, is_mark(FIELD(pio_rw, __u32), port, FIELD(pio_size, __u32), FIELD(pio_count, __u32)), port,
               FIELD(pio_val, __u32));
    return PASS_ON;
}

SEC("tp/kvm/kvm_msr")
int classic_msr(void *context)
{
    on_detail(KVM_DETAIL_MSR, FIELD(msr_ecx, __u32));
    return PASS_ON;
}

SEC("tp/kvm/kvm_mmio")
int classic_mmio(void *context)
{
    on_detail(KVM_DETAIL_PAGE, FIELD(mmio_gpa, __u64) & ~0xfffull);
    return PASS_ON;
}

SEC("tp/kvm/kvm_fast_mmio")
int classic_fast_mmio(void *context)
{
    on_detail(KVM_DETAIL_PAGE, FIELD(fast_mmio_gpa, __u64) & ~0xfffull);
    return PASS_ON;
}

SEC("tp/kvm/kvm_page_fault")
int classic_page_fault(void *context)
{
    on_detail(KVM_DETAIL_PAGE, FIELD(page_fault_address, __u64) & ~0xfffull);
    return PASS_ON;
}

SEC("tp/kvm/kvm_userspace_exit")
int classic_userspace(void *context)
{
    on_userspace(FIELD(userspace_reason, __u32), FIELD(userspace_errno, int));
    return PASS_ON;
}

SEC("tp/kvm/kvm_inj_virq")
int classic_injected(void *context)
{
    on_injected(FIELD(inj_vector, __u32));
    return PASS_ON;
}

SEC("tp/kvm/kvm_vcpu_wakeup")
int classic_wakeup(void *context)
{
    on_wakeup(FIELD(wakeup_ns, __u64));
    return PASS_ON;
}

SEC("tp/timer/hrtimer_expire_entry")
int classic_timer(void *context)
{
    on_timer(FIELD(timer_function, __u64));
    return PASS_ON;
}
