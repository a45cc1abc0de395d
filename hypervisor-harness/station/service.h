/*
 * service.h: what the station does for a guest. Each service is a process of its own (station.c), so that what a guest
 * asks of one holds up no other.
 */
#ifndef STATION_SERVICE_H
#define STATION_SERVICE_H

#include "hypervisor-harness/station/station.h"

struct station_service {
    int (*open)(const char *interface, char why[STATION_WHY]); /* a descriptor, before the guest starts; or -1 */
    void (*serve)(int fd) __attribute__((noreturn));
};

/* Frames of our own type (frames.c), TCP_RR's transactions (transactions.c), iperf3's server (iperf.c). */
extern const struct station_service station_frames, station_transactions, station_iperf;

#endif
