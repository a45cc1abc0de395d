/*
 * ipi_polled: an interrupt to a vCPU that has halted, until its answer, a word in memory, is seen. On one processor
 * only where the woken one takes it at once; elsewhere the sender looks for all of its slice.
 *
 * The parameter is how many ticks the sender turns round before each, in the same sample, in place of the rest from
 * which each begins without it: 1 is what kvm-unit-tests' ipi is, 2000 its ipi_halt. Without a rest the one that is
 * woken may have run for so long that Linux' scheduler lets the other one go on, for a slice.
 */
#include "smp.h"

static uint64_t ticks;

static const char *setup(struct guest_run *run)
{
    ticks = run->parameter;
    run->chunk = ticks ? 0 : 1;
    const char *why = guest_partners(run, 1);
    return why ? why : guest_no_looking();
}

static void op(void)
{
    const uint64_t end = tsc_now() + ticks;
    while (ticks && tsc_now() < end)
        ;
    guest_call_and_look();
}

WORKLOAD(ipi_polled, "processors", "an interrupt whose sender looks for the answer (parameter: ticks between)",
         .setup = setup, .op = op, .reset = guest_rest);
