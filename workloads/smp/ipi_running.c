/*
 * ipi_running: an interrupt from one vCPU to another one, both of which run: the target turns round in a loop with its
 * interrupts open. Dall et al. call it Virtual IPI. Each needs a processor of its own, which is looked for: does the
 * other's loop go on while this vCPU does nothing but look at it?
 */
#include "smp.h"

enum { WINDOWS = 10, ROUNDS = 300 };
static const uint64_t window = 10000; /* ticks; longer than a loop's turn, shorter than any slice of time */

static volatile uint64_t turns;
static volatile bool over;

static void run_in_circles(unsigned vcpu)
{
    (void)vcpu;
    guest_irq_unmask();
    while (!over)
        turns++;
    guest_irq_mask();
}

static bool turns_in_a_window(void)
{
    const uint64_t before = turns, end = tsc_now() + window;
    while (tsc_now() < end)
        ;
    return turns != before;
}

/* On a busy computer the other one's processor may be somebody else's for a while. */
static bool runs_beside(void)
{
    unsigned ran = 0;
    for (unsigned round = 0; round < ROUNDS && ran <= WINDOWS / 2; round++) {
        ran = 0;
        for (unsigned i = 0; i < WINDOWS; i++)
            ran += turns_in_a_window();
    }
    return ran > WINDOWS / 2;
}

static void stop(void)
{
    over = true;
    guest_partner_join();
}

static const char *setup(struct guest_run *run)
{
    const char *why = guest_partners(run, 1);
    why = why ? why : guest_no_looking();
    if (why)
        return why;
    over = false;
    guest_partner_run(1, run_in_circles);
    if (runs_beside())
        return NULL;
    stop();
    return "the other vCPU does not run while this one does: both have one processor";
}

static uint64_t timed_op(void)
{
    const uint64_t before = guest_called_at(1), start = tsc_now();
    guest_wake(1);
    while (guest_called_at(1) == before)
        ;
    return guest_called_at(1) - start;
}

WORKLOAD(ipi_running, "processors", "an interrupt to a vCPU that runs, too",
         .measures = "sending_to_first_instruction_of_the_handler", .setup = setup, .timed_op = timed_op,
         .teardown = stop);
