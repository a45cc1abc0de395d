/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * kernel.bpf.h: the few members of the kernel's structures that the probes
 * read, by name: the loader finds where they lie in the running kernel.
 *
 * Not a vmlinux.h of the computer that builds: the same source must give
 * the same object everywhere. Suffixes behind ___ tell shapes of different
 * kernels apart and are ignored when names are matched.
 */
#ifndef PROBES_KERNEL_BPF_H
#define PROBES_KERNEL_BPF_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* The registers that matter, in arch/x86/include/asm/kvm_host.h: regs[0] is RAX, regs[1] is RCX, regs[16] is RIP. */
struct kvm_vcpu_arch {
    unsigned long regs[17];
    __u32 hflags;
    unsigned long apic_attention;
    __u64 efer;
    bool hyperv_enabled; /* the guest was offered Hyper-V's interfaces */
};

/* Bit of apic_attention (arch/x86/kvm/lapic.h): the guest may end its interrupt without an exit. */
enum { PV_EOI_PENDING = 1 << 1 };

/* Intel SDM vol. 4, IA32_EFER. */
enum { EFER_LMA = 1 << 10 };

struct kvm_hv {
    __u64 hv_guest_os_id; /* it has said who it is, so it uses them */
};

struct kvm_arch {
    struct kvm_hv hyperv;
};

struct kvm {
    struct kvm_arch arch;
};

struct kvm_vcpu {
    struct kvm *kvm;
    int vcpu_idx;
    struct kvm_vcpu_arch arch;
};

/* AMD: arch/x86/kvm/svm/svm.h */
struct vcpu_svm {
    void *vmcb;
};

/* Intel: arch/x86/kvm/vmx/vmx.h; Linux 6.16 moved the reason into a part shared with TDX. */
union vmx_exit_reason {
    __u32 full;
};

struct vcpu_vmx {
    union vmx_exit_reason exit_reason;
};

struct vcpu_vt {
    union vmx_exit_reason exit_reason;
};

struct vcpu_vmx___vt {
    struct vcpu_vt vt;
};

struct hrtimer {
    void *function;
};

#pragma clang attribute pop

/* AMD APM vol. 2, appendix B: the part of the VMCB that says why the guest stopped. */
enum { VMCB_EXIT = 0x70 };
struct vmcb_exit {
    __u32 code, code_high;
    __u64 info1, info2;
};

/* Vol. 2, 15.10.2: EXITINFO1 of an IOIO exit. */
enum { IOIO_IN = 1 << 0, IOIO_STRING = 1 << 2, IOIO_SIZE32 = 1 << 6, IOIO_PORT_SHIFT = 16 };

#endif
