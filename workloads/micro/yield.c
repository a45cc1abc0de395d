/* yield: the processor given up, and taken again at once, since nobody else here wants it. */
#include "guest.h"

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_no_yield();
}

static void op(void)
{
    guest_yield();
}

WORKLOAD(yield, "privileged", "give up the processor to nobody", .setup = setup, .op = op);
