/*
 * debug.c: the debug registers. A guest may set addresses and read the status, as kernels do when they start and
 * when they handle #DB; none of its breakpoints can be switched on, since one could strike in the minivisor itself.
 */
#include "guest.h"
#include "pv.h"
#include "user_copy.h"

#include <xen/errno.h>

/* AMD APM vol. 2, 13.1.1. */
#define DR6_ONES   0xffff0ff0ull
#define DR6_STEP   (1ull << 14)
#define DR7_ONES   0x400ull
#define DR7_ENABLE 0xffull

/* A step is all that there is to be told: where it comes from, the flag is on. */
void pv_debug_trap(const struct regs *regs)
{
    if (regs->rflags & RFLAGS_TF)
        this_pv()->debug_status |= DR6_STEP;
}

long do_set_debugreg(u64 which, u64 value, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a3, (void)a4, (void)a5, (void)regs;
    switch (which) {
    case 0 ... 3:
        if (!address_is_guests(value))
            return -XEN_EPERM;
        this_pv()->debug[which] = value;
        return 0;
    case 6:
        this_pv()->debug_status = value & DR6_STEP;
        return 0;
    case 7:
        return value & DR7_ENABLE ? -XEN_EPERM : 0;
    default:
        return -XEN_ENODEV;
    }
}

long do_get_debugreg(u64 which, u64 a2, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a2, (void)a3, (void)a4, (void)a5, (void)regs;
    switch (which) {
    case 0 ... 3:
        return (long)this_pv()->debug[which];
    case 6:
        return (long)(DR6_ONES | this_pv()->debug_status);
    case 7:
        return (long)DR7_ONES;
    default:
        return -XEN_ENODEV;
    }
}
