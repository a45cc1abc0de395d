/*
 * ipi_halted: an interrupt to a vCPU that has halted. The sample goes from the sender's first instruction to the
 * first one of the other's handler; where one processor serves both, the sender's own halt lies between.
 */
#include "smp.h"

static const char *setup(struct guest_run *run)
{
    run->chunk = 1;
    return guest_partners(run, 1);
}

static uint64_t timed_op(void)
{
    uint64_t start = tsc_now();
    guest_call(CALL_INTERRUPT, 1, NULL);
    guest_await_answers();
    return guest_called_at(1) - start;
}

WORKLOAD(ipi_halted, "processors", "an interrupt to a vCPU that has halted, which answers",
         .measures = "sending_to_first_instruction_of_the_handler", .setup = setup, .timed_op = timed_op,
         .reset = guest_rest);
