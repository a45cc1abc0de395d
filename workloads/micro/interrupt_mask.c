/* interrupt_mask: mask interrupts and unmask them, with the look for what came in between that a mode may need. */
#include "guest.h"

static const char *setup(struct guest_run *run)
{
    (void)run;
    guest_irq_unmask();
    return NULL;
}

static void op(void)
{
    guest_irq_mask();
    guest_irq_unmask();
}

WORKLOAD(interrupt_mask, "interrupts", "mask and unmask interrupts, none being pending", .setup = setup, .op = op,
         .teardown = guest_irq_mask);
