/*
 * idle_guest: a second in which the guest does nothing, but for having asked to be woken at its end. What it enters the
 * hypervisor for meanwhile is what an idle guest costs its host; it has no tick. The sample, as that of halt_wake, is
 * what is late.
 */
#include "guest.h"

enum { SECOND_US = 1000000 };

static uint64_t timed_op(void)
{
    guest_deadline deadline = guest_deadline_in(SECOND_US);
    uint64_t due = guest_deadline_tsc(deadline);
    guest_timer_arm(deadline);
    guest_halt_until_timer();
    uint64_t awake = tsc_now();
    return awake > due ? awake - due : 0;
}

WORKLOAD(idle_guest, "interrupts", "nothing, for a second: halted until a timer comes",
         .measures = "timer_expiry_to_first_instruction_after_halt", .timed_op = timed_op);
