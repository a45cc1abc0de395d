/*
 * tcp_rr.c: netperf's TCP_RR: over one connection a request of one byte goes to the other end of the guest's wire, and
 * an answer of one byte comes. Nagle's algorithm, which would hold back what is small, is off, as in netperf's -D.
 */
#include "drivers.h"
#include "load.h"

#include <pvbench/net.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 10 };

static int wire = -1;
static unsigned char request;

static const char *setup(struct load_run *run)
{
    (void)run;
    const struct sockaddr_in peer = {
        .sin_family = AF_INET, .sin_port = htons(PVB_NET_TRANSACTIONS_PORT), .sin_addr = {htonl(PVB_NET_PEER_IP)}};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const int yes = 1;
    const char *why = drivers_network();
    if (why)
        return why;
    wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(wire >= 0 && setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
             setsockopt(wire, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == 0 &&
             setsockopt(wire, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) == 0,
         "a socket for TCP");
    if (connect(wire, (const struct sockaddr *)&peer, sizeof(peer)) == 0)
        return NULL;
    /* Not within the time that a sender has; the others are what it is told. */
    must(errno == EINPROGRESS || errno == ECONNREFUSED || errno == ENOPROTOOPT, "a TCP connection to the wire's end");
    close(wire);
    return "nobody at the other end of the wire speaks TCP";
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
