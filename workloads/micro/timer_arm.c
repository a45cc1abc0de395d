/* timer_arm: the timer set anew, so far ahead that it never fires. */
#include "guest.h"

static guest_deadline deadline;

static const char *setup(struct guest_run *run)
{
    (void)run;
    deadline = guest_deadline_in(3600ul * 1000 * 1000);
    return NULL;
}

static void op(void)
{
    guest_timer_arm(deadline);
}

WORKLOAD(timer_arm, "interrupts", "arm the timer", .setup = setup, .op = op, .teardown = guest_timer_disarm);
