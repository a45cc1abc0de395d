/* ctx_2p_16k.c: lmbench's context switch 2p/16K: 2 processes in a ring of pipes, each with 16 KiB that it reads. */
#include "load.h"

static const char *setup(struct load_run *run)
{
    run->ops_per_iteration = 2;
    return ring_begin(2, 16ul << 10);
}

LOAD(ctx_2p_16k, "processes", "a context switch among 2 processes that read 16 KiB each, by pipes", .setup = setup,
     .op = ring_round, .teardown = ring_end);
