/* pipe_round_trip.c: lmbench's pipe latency: a word to another process by a pipe, and back by another. */
#include "load.h"
#include "partner.h"

#include <unistd.h>

static int to[2], from[2];

static const char *setup(struct load_run *run)
{
    (void)run;
    must(pipe(to) == 0 && pipe(from) == 0, "pipe");
    partner_begin(to[0], from[1]);
    return NULL;
}

static void op(void)
{
    partner_ask(to[1], from[0]);
}

static void teardown(void)
{
    partner_end();
    for (int i = 0; i < 2; i++) {
        close(to[i]);
        close(from[i]);
    }
}

LOAD(pipe_round_trip, "processes", "a word to another process by a pipe, and back", .setup = setup, .op = op,
     .teardown = teardown);
