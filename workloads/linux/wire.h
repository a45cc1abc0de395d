/* wire.h: a TCP connection to the other end of the guest's wire (pvbench/net.h). */
#ifndef WORKLOADS_LINUX_WIRE_H
#define WORKLOADS_LINUX_WIRE_H

#include <stdint.h>

/* The network card is set up first. The socket in `fd`, which sends at once what it is given; or why there is none. */
const char *wire_connect(uint16_t port, int *fd);

#endif
