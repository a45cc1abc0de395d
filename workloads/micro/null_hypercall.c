/* null_hypercall: the shortest way into the hypervisor and back that the guest can ask for. */
#include "guest.h"

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_no_null_hypercall();
}

static void op(void)
{
    guest_null_hypercall();
}

WORKLOAD(null_hypercall, "privileged", "a hypercall that does nothing", .setup = setup, .op = op);
