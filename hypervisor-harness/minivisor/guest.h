/*
 * guest.h: the one guest: what it is, and how it ends.
 *
 * All that is its own and changes is in struct guest, each part as the header
 * of its concern has it. What other files keep to themselves is the computer's:
 * a second guest would find the same.
 *
 * A guest that breaks a rule is killed on the spot, with its first reason:
 * there is one guest, so nothing needs to be unwound, and every check can
 * be written where the rule is.
 */
#ifndef GUEST_H
#define GUEST_H

#include "balloon.h"
#include "books.h"
#include "console.h"
#include "device/disk.h"
#include "hvm/vcpu.h"
#include "layout.h"
#include "pv/vcpu.h"
#include "timer.h"
#include "types.h"
#include "device/state.h"

/* How the guest's image wants to be run, told by its ELF notes. */
enum guest_mode { GUEST_PV, GUEST_HVM };

/* One of the guest's processors, as its mode has it. */
struct vcpu {
    u64 entry_tsc; /* time at which the present entry came in; set by entry.S and svm_run.S */
    union {
        struct pv_vcpu pv;
        struct hvm_vcpu hvm;
    };
    struct vcpu_timer timer;
    struct vcpu_account account;
};

struct guest {
    struct vcpu vcpu[1];
    enum guest_mode mode;
    u64 first_frame; /* machine frame of its pseudo-physical frame 0 */
    u64 pages;       /* frames it was given at start: contiguous */
    struct balloon balloon;
    struct disk disk;
    u64 boot_tsc; /* its time is 0 here */
    struct watchdog watchdog;
    struct guest_line line;
    bool alone;  /* it is shown nothing of Xen's: a machine as any other (hvm=1) */
    u64 limit_s; /* it may take so long (limit.h); 0: as long as it likes */
    union {
        struct pv_guest pv;
        struct hvm_guest hvm;
    };
    struct devices devices;
};

extern struct guest guest;

/*
 * The processor that this code runs for. With one it is at an address that the
 * linker knows, and so is each member: one operand, no register. With several
 * it becomes what GS points to, in all places at once.
 */
static inline struct vcpu *this_vcpu(void)
{
    return &guest.vcpu[0];
}

static inline struct pv_vcpu *this_pv(void)
{
    return &this_vcpu()->pv;
}

static inline struct hvm_vcpu *this_hvm(void)
{
    return &this_vcpu()->hvm;
}

/* Assembly finds the processor's state at the guest's address. */
_Static_assert(offsetof(struct guest, vcpu[0].entry_tsc) == VCPU_ENTRY_TSC, "layout.h");
_Static_assert(offsetof(struct guest, vcpu[0].pv.vcpu_info) == PV_VCPU_INFO, "layout.h");
_Static_assert(offsetof(struct guest, vcpu[0].pv.in_kernel) == PV_IN_KERNEL, "layout.h");
_Static_assert(offsetof(struct guest, vcpu[0].hvm.regs.r15) == HVM_R15, "layout.h");
_Static_assert(offsetof(struct guest, vcpu[0].hvm.vmcb_phys) == HVM_VMCB_PHYS, "layout.h");
_Static_assert(offsetof(struct guest, vcpu[0].hvm.host_state_phys) == HVM_HOST_STATE_PHYS, "layout.h");

/* The guest broke a rule. Ends the run: reason, registers, the books so far. */
noreturn void kill_guest(const char *format, ...) printf_like(1, 2);

/* The guest ended by itself: poweroff, reboot, crash. */
noreturn void end_guest(const char *reason);

/* Its time is over: `limit_s` seconds of the machine's clock (limit.h). */
noreturn void out_of_time(u64 limit_s);

/* The minivisor itself is wrong, or cannot start. */
noreturn void panic(const char *format, ...) printf_like(1, 2);

#endif
