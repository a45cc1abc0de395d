/*
 * net.h: what a guest and the station at the other end of its wire say to each other, whoever plays that
 * station: a program beside a Linux back end, or the minivisor's own.
 *
 * Frames are Ethernet's, without preamble and check sum. Beside our own ones the station answers ARP for its
 * address (RFC 826) and ICMP echo requests (RFC 792), as every IP stack does. Beside a Linux back end there are
 * services over TCP, too.
 */
#ifndef PVBENCH_NET_H
#define PVBENCH_NET_H

#include <stdint.h>

/* "Local Experimental Ethertype 1" (IEEE 802): no stack knows it, so that what nobody wants goes no further. */
#define PVB_NET_TYPE 0x88b5u

/* Link-local addresses (RFC 3927), in host byte order: 169.254.112.2 and .1, a network of four. */
#define PVB_NET_GUEST_IP 0xa9fe7002u
#define PVB_NET_PEER_IP  0xa9fe7001u
#define PVB_NET_PREFIX   30

/* Of TCP: what comes in goes back, byte by byte (netperf's TCP_RR); and the port at which iperf3 looks for its server.
 */
#define PVB_NET_TRANSACTIONS_PORT 28790u
#define PVB_NET_IPERF_PORT        5201u

/* The guest's station, administered locally: 02, "pvb", 0, 1. */
#define PVB_NET_GUEST_MAC                                                                                              \
    {                                                                                                                  \
        0x02, 0x70, 0x76, 0x62, 0x00, 0x01                                                                             \
    }
#define PVB_NET_GUEST_MAC_TEXT "02:70:76:62:00:01"

/* Bytes: the shortest frame (64) and the longest (1518) that Ethernet has, without the check sum of four. */
#define PVB_NET_FRAME_MIN 60u
#define PVB_NET_FRAME_MAX 1514u

#define PVB_NET_COUNT_MAX 32u /* frames that the station is asked for at once */

enum pvb_net_what {
    PVB_NET_SINK = 0, /* to be dropped */
    PVB_NET_SEND = 1, /* to the station: send `count` frames of `size` bytes */
    PVB_NET_DATA = 2, /* one of them: `count` is its number, from 0 */
};

/* Behind the head it counts on, byte by byte, from `count`: pvb_net_byte(). What is longer than asked for is ignored.
 */
struct pvb_net_frame {
    uint8_t to[6], from[6];
    uint8_t type[2]; /* the higher byte first, as all of Ethernet's */
    uint8_t what;    /* enum pvb_net_what */
    uint8_t count;
    uint8_t size[2]; /* the lower byte first */
};

_Static_assert(sizeof(struct pvb_net_frame) == 18, "the head of a frame");

/* What stands at `at`, in bytes from the beginning of the frame, of frame number `count`. */
static inline uint8_t pvb_net_byte(unsigned count, unsigned at)
{
    return (uint8_t)(count * 7 + at);
}

#endif
