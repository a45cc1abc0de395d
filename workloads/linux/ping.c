/* ping.c: an ICMP echo request of 64 bytes to the other end of the guest's wire, and the answer. */
#include "drivers.h"
#include "load.h"

#include <pvbench/net.h>

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SIZE = 64, ID = 0x7076, PATIENCE_S = 10 };

static int wire = -1;
static uint16_t sequence;
static unsigned char request[SIZE];

/* RFC 1071. */
static uint16_t check_sum(const unsigned char *bytes, size_t size)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i += 2)
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

static const char *setup(struct load_run *run)
{
    (void)run;
    const struct sockaddr_in peer = {.sin_family = AF_INET, .sin_addr = {htonl(PVB_NET_PEER_IP)}};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const char *why = drivers_network();
    if (why)
        return why;
    wire = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
    must(wire >= 0 && setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
             connect(wire, (const struct sockaddr *)&peer, sizeof(peer)) == 0,
         "a socket for echoes");
    for (unsigned i = 0; i < SIZE; i++)
        request[i] = (unsigned char)i;
    return NULL;
}

/* Behind the head of an IP packet: ours, and the same bytes. */
static bool is_answer(const unsigned char *packet, ssize_t size)
{
    struct icmphdr head;
    const size_t at = size > 0 ? (size_t)(packet[0] & 15) * 4 : 0;
    if (size < 0 || (size_t)size != at + SIZE)
        return false;
    memcpy(&head, packet + at, sizeof(head));
    return head.type == ICMP_ECHOREPLY && head.un.echo.id == htons(ID) && head.un.echo.sequence == htons(sequence) &&
           memcmp(packet + at + sizeof(head), request + sizeof(head), SIZE - sizeof(head)) == 0;
}

static void op(void)
{
    struct icmphdr head = {.type = ICMP_ECHO, .un.echo = {.id = htons(ID), .sequence = htons(++sequence)}};
    unsigned char packet[SIZE + 60];
    memcpy(request, &head, sizeof(head));
    head.checksum = check_sum(request, SIZE);
    memcpy(request, &head, sizeof(head));
    must(send(wire, request, SIZE, 0) == SIZE, "an echo request");
    ssize_t n;
    while ((n = recv(wire, packet, sizeof(packet), 0)) > 0 && !is_answer(packet, n))
        continue;
    must(n > 0, "the answer to an echo request");
}

static void teardown(void)
{
    close(wire);
}

LOAD_THAT_NEEDS(ping, "I/O", "an echo request of 64 bytes over the network card, and its answer", PVB_NEEDS_PROGRAMS,
                .setup = setup, .op = op, .teardown = teardown);
