/*
 * continuation.c: hypercalls that a guest makes as long as it likes: lists of
 * 2^34 elements, in a few tables that stand in many places.
 *
 * Each works in batches. Between two of them interrupts come in, so that the
 * watchdog can strike; and if an event is due, the call goes back to the
 * guest as one that has not been made yet, with the rest as its arguments.
 * The event is delivered, and when the guest returns from it, it makes the
 * call for the rest (as in Xen).
 */
#include "account.h"
#include "pv.h"
#include "timer.h"

#define SYSCALL_LENGTH 2

bool preempted(void)
{
    interrupt_window();
    return this_pv()->vcpu_info->evtchn_upcall_pending && !this_pv()->vcpu_info->evtchn_upcall_mask;
}

long continue_hypercall(struct regs *regs, unsigned int number, u64 a1, u64 a2, u64 a3, u64 a4)
{
    if (this_vcpu()->nested) { /* a call inside a multicall: do_multicall goes on with what is left of it */
        this_pv()->continuation = (struct continuation){true, {a1, a2, a3, a4}};
        return 0;
    }
    regs->rip -= SYSCALL_LENGTH;
    regs->rdi = a1;
    regs->rsi = a2;
    regs->rdx = a3;
    regs->r10 = a4;
    return number;
}
