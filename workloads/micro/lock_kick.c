/*
 * lock_kick: what a contended paravirtual spinlock asks of the hypervisor,
 * on one processor: the holder's kick, and the waiter's wait, which the kick
 * that is already there ends at once.
 */
#include "guest.h"

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_kick_begin();
}

static void op(void)
{
    guest_kick();
    guest_kick_wait();
}

WORKLOAD(lock_kick, "interrupts", "kick a waiter for a lock, and a wait so ended", .setup = setup, .op = op,
         .teardown = guest_kick_end);
