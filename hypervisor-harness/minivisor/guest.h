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
#include "schedule.h"
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
    /*
     * The calls inside a multicall are the details of the multicall; what they
     * in turn are about is not kept, since no entry of theirs stands behind it.
     */
    bool nested;
    struct turn turn;
};
_Static_assert(sizeof(struct vcpu) <= VCPU_STATE_PAGES * PAGE_SIZE, "layout.h: VCPU_STATE_PAGES");

struct guest {
    enum guest_mode mode;
    u64 first_frame; /* machine frame of its pseudo-physical frame 0 */
    u64 pages;       /* frames it was given at start: contiguous */
    struct balloon balloon;
    struct disk disk;
    u64 boot_tsc; /* its time is 0 here */
    struct watchdog watchdog;
    struct guest_line line;
    struct account account;
    struct turns turns;
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
 * The processor that this code runs for. Whichever it is, it is at an address that
 * the linker knows (schedule.c), and so is each member: one operand, no register.
 */
extern struct vcpu running_vcpu;

static inline struct vcpu *this_vcpu(void)
{
    return &running_vcpu;
}

static inline bool guest_has_several(void)
{
    return unlikely(guest.turns.count > 1);
}

static inline struct pv_vcpu *this_pv(void)
{
    return &this_vcpu()->pv;
}

static inline struct hvm_vcpu *this_hvm(void)
{
    return &this_vcpu()->hvm;
}

/* Assembly knows these places. */
_Static_assert(offsetof(struct vcpu, entry_tsc) == VCPU_ENTRY_TSC, "layout.h");
_Static_assert(offsetof(struct vcpu, pv.vcpu_info) == PV_VCPU_INFO, "layout.h");
_Static_assert(offsetof(struct vcpu, pv.in_kernel) == PV_IN_KERNEL, "layout.h");
_Static_assert(offsetof(struct vcpu, hvm.regs.r15) == HVM_R15, "layout.h");
_Static_assert(offsetof(struct vcpu, hvm.vmcb_phys) == HVM_VMCB_PHYS, "layout.h");
_Static_assert(offsetof(struct vcpu, hvm.host_state_phys) == HVM_HOST_STATE_PHYS, "layout.h");

/* The guest broke a rule. Ends the run: reason, registers, the books so far. */
noreturn void kill_guest(const char *format, ...) printf_like(1, 2);

/* The guest ended by itself: poweroff, reboot, crash. */
noreturn void end_guest(const char *reason);

/* Its time is over: `limit_s` seconds of the machine's clock (limit.h). */
noreturn void out_of_time(u64 limit_s);

/* The minivisor itself is wrong, or cannot start. */
noreturn void panic(const char *format, ...) printf_like(1, 2);

#endif
