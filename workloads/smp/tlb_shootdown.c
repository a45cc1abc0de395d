/*
 * tlb_shootdown: one page's translation is gone from every vCPU's TLB: one hypercall in PV, which knows where each
 * runs; else an interrupt to each of the others, whose handler flushes the page, and the last one's answer.
 */
#include "smp.h"

static const char *setup(struct guest_run *run)
{
    run->chunk = 1;
    const char *why = guest_partners(run, guest_vcpus() > 1 ? guest_vcpus() - 1 : 1);
    if (!why)
        guest_arena_set(0, guest_page(), READ_WRITE);
    return why;
}

static void op(void)
{
    guest_shootdown(arena_page(0));
}

WORKLOAD(tlb_shootdown, "processors", "a page flushed from the TLBs of all vCPUs", .setup = setup, .op = op,
         .reset = guest_rest, .teardown = guest_arena_clear);
