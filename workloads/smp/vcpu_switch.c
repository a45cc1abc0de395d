/*
 * vcpu_switch: what it takes until the other one runs: a vCPU that has been woken and waits for the processor, from the
 * last instruction of the one that halts to the first one of its own handler. Where both have a processor, or the
 * woken one takes the processor at once, the sample begins before the sending, as ipi_halted's does.
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
    uint64_t left = tsc_now();
    guest_await_answers();
    uint64_t there = guest_called_at(1);
    return there > left ? there - left : there - start;
}

WORKLOAD(vcpu_switch, "processors", "the hypervisor goes from a vCPU that halts to one that waits",
         .measures = "last_instruction_of_one_to_first_of_the_other", .setup = setup, .timed_op = timed_op,
         .reset = guest_rest);
