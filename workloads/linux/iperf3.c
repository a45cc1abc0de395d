/*
 * iperf3.c: Debian's iperf3 sends a stream over one TCP connection to the other end of the guest's wire, in blocks of
 * 64 KiB.
 *
 * An iteration is a run of the program, an operation one of its blocks. A sample is what iperf3 says of the receiver:
 * the time from the start of the stream until its last byte was at the other end. The entries are those of the
 * program's whole run.
 */
#include "debian.h"
#include "guest.h"
#include "load.h"
#include "said.h"
#include "wire.h"

#include <pvbench/net.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

enum { BLOCK = 65536, BLOCKS = 40, NS_A_MS = 1000000 };
#define SAID "/tmp/said"

static char peer[INET_ADDRSTRLEN], port[16], block[16], bytes[16];

static const char *setup(struct load_run *run)
{
    const struct in_addr ip = {htonl(PVB_NET_PEER_IP)};
    int probe;
    const char *why = wire_connect(PVB_NET_IPERF_PORT, &probe);
    if (why)
        return why;
    close(probe);
    debian_begin();
    must(inet_ntop(AF_INET, &ip, peer, sizeof(peer)), "the other end's address");
    snprintf(port, sizeof(port), "%u", PVB_NET_IPERF_PORT);
    snprintf(block, sizeof(block), "%d", BLOCK);
    snprintf(bytes, sizeof(bytes), "%d", BLOCK * BLOCKS);
    run->ops_per_iteration = BLOCKS;
    return NULL;
}

static uint64_t told(void)
{
    const char *const program[] = {"/usr/bin/iperf3", "--client", peer,         "--port", port,     "--length", block,
                                   "--bytes",         bytes,      "--interval", "0",      "--json", NULL};
    char said[DEBIAN_WORDS_MAX];
    uint64_t arrived, ns;
    debian_run(program, NULL, SAID);
    debian_read(SAID, said);
    must(said_number(said, "sum_received/bytes", &arrived) && arrived == (uint64_t)BLOCK * BLOCKS,
         "the number of bytes that came through iperf3's stream");
    must(said_seconds(said, "sum_received/seconds", &ns) && ns, "the time of iperf3's stream");
    return ns * guest_tsc_khz() / NS_A_MS;
}

LOAD_THAT_NEEDS(iperf3, "I/O", "Debian's iperf3 sends blocks of 64 KiB over TCP through the network card",
                PVB_NEEDS_PROGRAMS, .setup = setup, .told = told);
