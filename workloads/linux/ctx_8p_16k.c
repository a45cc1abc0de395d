/* ctx_8p_16k.c: lmbench's context switch 8p/16K: 8 processes in a ring of pipes, each with 16 KiB that it reads. */
#include "load.h"

static const char *setup(struct load_run *run)
{
    run->ops_per_iteration = 8;
    return ring_begin(8, 16ul << 10);
}

LOAD(ctx_8p_16k, "processes", "a context switch among 8 processes that read 16 KiB each, by pipes", .setup = setup,
     .op = ring_round, .teardown = ring_end);
