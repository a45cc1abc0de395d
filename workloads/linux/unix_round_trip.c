/* unix_round_trip.c: lmbench's AF_UNIX stream latency: a word to another process by a socket, and back. */
#include "load.h"
#include "partner.h"

#include <sys/socket.h>
#include <unistd.h>

static int pair[2];

static const char *setup(struct load_run *run)
{
    (void)run;
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    partner_begin(pair[1], pair[1]);
    return NULL;
}

static void op(void)
{
    partner_ask(pair[0], pair[0]);
}

static void teardown(void)
{
    partner_end();
    close(pair[0]);
    close(pair[1]);
}

LOAD(unix_round_trip, "processes", "a word to another process by an AF_UNIX socket, and back", .setup = setup, .op = op,
     .teardown = teardown);
