/*
 * stream.h: TCP connections of a guest's. Who says nothing, or takes nothing, for stream_patience_s is hung up on.
 */
#ifndef STATION_STREAM_H
#define STATION_STREAM_H

#include "hypervisor-harness/station/station.h"

#include <stdbool.h>
#include <stdint.h>

extern unsigned stream_patience_s; /* 10 */

/* At the station's address, for what comes in by this interface alone. -1 with the reason in `why`. */
int stream_listen(const char *interface, uint16_t port, char why[STATION_WHY]);

/* The next connection, for which is waited for ever. */
int stream_wait(int listener);

/* The next connection, or -1 when none has come within the patience. Either sends at once what it is given. */
int stream_accept(int listener);

/* All of it, or false. */
bool stream_read(int fd, void *into, size_t size);
bool stream_write(int fd, const void *bytes, size_t size);

#endif
