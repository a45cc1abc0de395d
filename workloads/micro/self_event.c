/* self_event: an interrupt (event) to ourselves, sent, taken and handled. */
#include "guest.h"

static const char *setup(struct guest_run *run)
{
    (void)run;
    guest_irq_unmask();
    return NULL;
}

static void op(void)
{
    guest_self_event();
}

WORKLOAD(self_event, "interrupts", "send an interrupt to oneself and handle it", .setup = setup, .op = op,
         .teardown = guest_irq_mask);
