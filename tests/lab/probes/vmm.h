/*
 * vmm.h: the smallest virtual machine monitor that KVM allows: one vCPU in
 * real mode that repeats one instruction and is done.
 *
 * With it the test knows every exit that there is, and the probes' cost is
 * not lost in that of a whole QEMU.
 */
#ifndef TESTS_VMM_H
#define TESTS_VMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum operation {
    OP_NOTHING,
    OP_HYPERCALL,
    OP_CPUID,
    OP_MSR,
    OP_PORT,
    OP_DOORBELL,
    OP_PAGE,
    OP_PAGES,
    OP_HYPERV,
    OPERATIONS
};

struct vmm {
    int kvm, vm, vcpu, event;
    char *memory;
    struct kvm_run *run;
    size_t run_size;
};

/* Errors end the program: it is a test. */
void vmm_open(struct vmm *v);
void vmm_close(struct vmm *v);

/* Before it runs: the guest takes KVM for Hyper-V, and has said so. */
void vmm_enlighten(struct vmm *v);

/*
 * `count` times the operation; the time-stamp counter's ticks for all of
 * them as the guest sees them. `region` below 0: without marks.
 */
uint64_t vmm_repeat(struct vmm *v, enum operation op, uint32_t count, int region);

/* One OUT to the port of marks. */
void vmm_mark(struct vmm *v, uint32_t mark);

#define VMM_PORT 0x80u
#define VMM_BELL 0x81u       /* a port that the kernel itself serves: an ioeventfd */
#define VMM_PAGE 0xd0000000u /* OP_PAGES: as many from there on as it is repeated */
#define VMM_CALL 0x5cu       /* OP_HYPERV: HvPostMessage */
#define VMM_MSR  0x1bu       /* the local APIC's base, which KVM always keeps itself */

#endif
