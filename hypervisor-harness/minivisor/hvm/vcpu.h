/*
 * vcpu.h: the state of the fully virtualized guest and of one processor of it,
 * members of struct guest and struct vcpu (guest.h).
 */
#ifndef HVM_VCPU_H
#define HVM_VCPU_H

#include "board.h"
#include "types.h"

/* The guest's registers that the VMCB does not hold; svm_run.S knows the order. */
struct hvm_regs {
    u64 rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
};

/* The local APIC (apic.c). */
struct hvm_apic {
    u64 irr[4], isr[4];
    u32 lvt[6]; /* timer, thermal, counter, LINT0, LINT1, error */
    u32 spurious, divide, initial_count;
    u64 count_start;        /* TSC at which the count began */
    u64 timer_deadline_tsc; /* next expiry; 0: not running */
};

struct hvm_vcpu {
    /*
     * First, so that it is not read again behind each store to the VMCB: its
     * members lie farther behind their beginning than this behind the guest's,
     * so that the compiler sees that no such store can reach it.
     */
    struct vmcb *vmcb;
    struct hvm_regs regs;
    u64 vmcb_phys, host_state_phys; /* physical addresses, for VMRUN, VMLOAD and VMSAVE */
    union {
        struct {
            bool interrupts; /* something to look at before the next entry */
            bool flush;      /* the next entry flushes the TLB; the one behind it must not */
        };
        u16 any;
    } work;                                                             /* of the exit */
    enum { OFFERED_NONE, OFFERED_FROM_APIC, OFFERED_FROM_PIC } offered; /* in the VMCB as virtual interrupt */
    unsigned int offered_vector;
    struct hvm_apic apic;
    /* Of several vCPUs (several.c). */
    bool waits_for_startup; /* INIT came, and no SIPI */
    bool in_interrupt;      /* it left the processor in the interrupt that ended its slice */
    u64 debug[4], tsc_aux;  /* while it is not running; what else is no VMCB's is FXSAVE's */
};

/* What its processors share. */
struct hvm_guest {
    struct {
        u64 *l2;    /* of the first GiB, which is all there is */
        u64 tables; /* a table of 4 KiB pages for each 2 MiB of the guest's, at hand so that no split can fail */
        u64 *window;
    } npt; /* its memory (npt.c) */
    struct board board;
    struct {
        struct shared_info *shared_info;
        u64 ports; /* that are in use: a bit each */
    } events;      /* devices.c */
};

#endif
