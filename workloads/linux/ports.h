/* ports.h: a program's way to the computer's ports; ports.c. */
#ifndef WORKLOADS_LINUX_PORTS_H
#define WORKLOADS_LINUX_PORTS_H

#include <stdbool.h>
#include <stddef.h>

enum { SERIAL_PORT = 0x3f8, DEBUG_PORT = 0xe9, EXIT_PORT = 0xf4 };

/* False: there is no way. `strings`: whole lines shall be one instruction, where that is possible. */
bool ports_open(bool strings);

void ports_put(unsigned port, const char *text, size_t size);

#endif
