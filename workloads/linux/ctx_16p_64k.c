/* ctx_16p_64k.c: lmbench's context switch 16p/64K: 16 processes in a ring of pipes, each with 64 KiB that it reads. */
#include "load.h"

static const char *setup(struct load_run *run)
{
    run->ops_per_iteration = 16;
    return ring_begin(16, 64ul << 10);
}

LOAD(ctx_16p_64k, "processes", "a context switch among 16 processes that read 64 KiB each, by pipes", .setup = setup,
     .op = ring_round, .teardown = ring_end);
