/*
 * vcpu_start: another vCPU from nothing, or from having gone down, to its first instruction in C: VCPUOP_up in PV,
 * INIT and SIPI else. The cold one is the first start of its life, when no other workload has had it before.
 */
#include "smp.h"

static const char *setup(struct guest_run *run)
{
    run->chunk = 1;
    const char *why = guest_partners(run, 0);
    if (!why)
        guest_partner_stop(1);
    return why ? why : guest_vcpus() == 1 ? "this guest has one vCPU; a suite's \"vcpus\" say how many it has" : NULL;
}

static uint64_t timed_op(void)
{
    uint64_t start = tsc_now();
    return guest_partner_start(1) - start;
}

static void reset(void)
{
    guest_partner_stop(1);
    guest_rest();
}

WORKLOAD(vcpu_start, "processors", "another vCPU, started again", .measures = "start_to_its_first_instruction",
         .setup = setup, .timed_op = timed_op, .reset = reset);
