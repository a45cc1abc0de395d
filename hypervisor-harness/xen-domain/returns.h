/*
 * returns.h: what an iret of a PV guest returns from.
 *
 * Xen writes down neither the bounced SYSCALL nor an event's upcall. They follow from the iret hypercalls: each one
 * that ends no traced trap ends one of the two.
 * - A bare guest's goes to user mode when a mark or such an iret came right before it; an event needs a hypercall, or
 *   time asleep, to come about.
 * - Linux marks from its programs, and makes hypercalls of all kinds on its way back to user mode. There the iret ends
 *   an event when the processor has slept since the one before, or has been given a new timer without (as a tick
 *   does); else a system call. How many there are of both together is exact; which of them are events is told by that
 *   rule.
 */
#ifndef XEN_DOMAIN_RETURNS_H
#define XEN_DOMAIN_RETURNS_H

#include <stdbool.h>
#include <stdint.h>

/* What the guest's last entry was. */
enum last { LAST_OTHER, LAST_MARK, LAST_TO_USER };

enum returned { RETURNED_TRAP, RETURNED_SYSCALL, RETURNED_EVENT };

struct returns {
    bool is_linux;
    enum last last;
    bool slept, armed; /* since the last iret */
    unsigned traps;    /* forwarded and not yet returned from */
};

/* A hypercall other than iret; `argument`: its first, NULL when it is not known. */
void returns_call(struct returns *r, uint32_t op, const uint32_t *argument);
enum returned returns_iret(struct returns *r);

#endif
