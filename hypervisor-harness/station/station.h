/*
 * station.h: what is at the other end of a guest's wire on a Linux host (pvbench/net.h): an interface with the
 * station's address, whose stack answers ARP and echo requests, and processes that answer our own frames, and serve
 * TCP connections.
 *
 * Whoever has an interface, a TAP device or one of Xen's back end, sets it up and starts the processes beside it. All
 * of it needs CAP_NET_ADMIN or CAP_NET_RAW, and no programs.
 */
#ifndef STATION_H
#define STATION_H

#include <net/if.h>
#include <stddef.h>
#include <sys/types.h>

/* What a function says in `why` when it returns -1: what is wrong, and the mend. */
#define STATION_WHY 200

/* 0: a guest's wire is to be had here, as far as can be seen without making one. */
int station_possible(char why[STATION_WHY]);

/* A TAP device of its own, which is gone when its descriptor is closed; its name. A frame has a virtio_net_hdr before
 * it. The descriptor is closed by exec(). */
int station_tap(char name[IFNAMSIZ], char why[STATION_WHY]);

/* Without IPv6, which would have something to say now and then; with an address, and a neighbour who is known. */
int station_set_up(const char *interface, char why[STATION_WHY]);

#define STATION_SERVICES 3

struct station {
    pid_t service[STATION_SERVICES]; /* 0: it does not run */
};

/* Children that serve the interface's guest until they are ended, at the latest with their parent. 0, or -1 and none.
 */
int station_start(struct station *s, const char *interface, char why[STATION_WHY]);
void station_end(struct station *s); /* also of one that was never started: all 0 */

#endif
