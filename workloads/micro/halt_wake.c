/*
 * halt_wake: arm the timer, halt, wake, handle the interrupt. The time
 * asleep is no work and, in the lab, no instructions; so the sample begins
 * when the timer was due and ends behind the halt. Arming and halting are
 * seen in the counts alone.
 */
#include "guest.h"

enum { MICROSECONDS = 100 }; /* longer than any hypervisor takes to go to sleep */

static uint64_t timed_op(void)
{
    guest_deadline deadline = guest_deadline_in(MICROSECONDS);
    uint64_t due = guest_deadline_tsc(deadline);
    guest_timer_arm(deadline);
    guest_halt_until_timer();
    uint64_t awake = tsc_now();
    /* A timer that counts in coarser steps may be a little early: then nothing of the wake is after the expiry. */
    return awake > due ? awake - due : 0;
}

WORKLOAD(halt_wake, "interrupts", "arm a timer, halt, wake up, handle the interrupt",
         .measures = "timer_expiry_to_first_instruction_after_halt", .timed_op = timed_op);
