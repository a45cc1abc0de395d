/* clock_read: the time in nanoseconds, from the TSC and the clock page. */
#include "guest.h"

static volatile uint64_t sink;

static void op(void)
{
    sink = guest_clock_ns();
}

WORKLOAD(clock_read, "processor", "read the clock", .op = op);
