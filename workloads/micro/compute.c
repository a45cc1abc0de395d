/* compute: integer work in registers. Virtualization should cost it nothing; a run that says otherwise is suspect. */
#include "guest.h"

enum { ROUNDS = 1000 };

static volatile uint64_t sink;

static void op(void)
{
    uint64_t x = 0x9e3779b97f4a7c15ul;
    for (unsigned i = 0; i < ROUNDS; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    sink = x;
}

WORKLOAD(compute, "processor", "1000 rounds of a shift-register generator", .op = op);
