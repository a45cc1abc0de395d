/*
 * tcp_rr.c: netperf's TCP_RR: over one connection a request of one byte goes to the other end of the guest's wire, and
 * an answer of one byte comes. Nagle's algorithm, which would hold back what is small, is off, as in netperf's -D.
 */
#include "load.h"
#include "wire.h"

#include <pvbench/net.h>

#include <sys/socket.h>
#include <unistd.h>

static int wire = -1;
static unsigned char request;

static const char *setup(struct load_run *run)
{
    (void)run;
    return wire_connect(PVB_NET_TRANSACTIONS_PORT, &wire);
}

static void op(void)
{
    unsigned char answer;
    request++;
    must(send(wire, &request, 1, MSG_NOSIGNAL) == 1, "a request over TCP");
    must(recv(wire, &answer, 1, 0) == 1 && answer == request, "the answer to a request over TCP");
}

static void teardown(void)
{
    close(wire);
}

LOAD_THAT_NEEDS(tcp_rr, "I/O", "a byte over TCP through the network card, and one back", PVB_NEEDS_PROGRAMS,
                .setup = setup, .op = op, .teardown = teardown);
