/* ctx_2p_0k.c: lmbench's context switch 2p/0K: 2 processes in a ring of pipes. */
#include "load.h"

static const char *setup(struct load_run *run)
{
    run->ops_per_iteration = 2;
    return ring_begin(2, 0ul << 10);
}

LOAD(ctx_2p_0k, "processes", "a context switch among 2 processes, by pipes", .setup = setup, .op = ring_round,
     .teardown = ring_end);
