/*
 * event_other_vcpu: the same as ipi_halted by an event channel. To a PV guest that is what an interrupt among
 * processors is; to others it is Xen's own way beside the local APIC's.
 */
#include "smp.h"

static const char *setup(struct guest_run *run)
{
    run->chunk = 1;
    const char *why = guest_partners(run, 1);
    return why ? why : guest_no_call(CALL_EVENT);
}

static uint64_t timed_op(void)
{
    uint64_t start = tsc_now();
    guest_call(CALL_EVENT, 1, NULL);
    guest_await_answers();
    return guest_called_at(1) - start;
}

WORKLOAD(event_other_vcpu, "processors", "an event to a vCPU that has halted, which answers",
         .measures = "sending_to_first_instruction_of_the_handler", .setup = setup, .timed_op = timed_op,
         .reset = guest_rest);
