/*
 * ipi_broadcast: an interrupt to each of several vCPUs that have halted, and the answer of the last one. The parameter
 * is how many; by itself all others.
 */
#include "smp.h"

static unsigned targets;

static const char *setup(struct guest_run *run)
{
    if (run->parameter >= PVB_VCPUS_MAX)
        return guest_mistake(run, "the parameter is how many are sent to, 1 to 15");
    targets = run->parameter ? (unsigned)run->parameter : guest_vcpus() > 1 ? guest_vcpus() - 1 : 1;
    run->chunk = 1;
    return guest_partners(run, targets);
}

static void op(void)
{
    guest_call(CALL_INTERRUPT, targets, NULL);
    guest_await_answers();
}

WORKLOAD(ipi_broadcast, "processors", "an interrupt to each of several halted vCPUs (parameter: targets)",
         .setup = setup, .op = op, .reset = guest_rest);
