/*
 * ring.h: Xen's paravirtual console (xen/io/console.h): a page shared with
 * the console daemon, and an event that says that there is something in it.
 */
#ifndef GUEST_RING_H
#define GUEST_RING_H

#include "internal.h"

void ring_open(void *page, uint32_t port);
bool ring_is_open(void);
void ring_write(const char *text, size_t size);
void emergency_write(const char *text, size_t size); /* the hypervisor's own console */

#endif
