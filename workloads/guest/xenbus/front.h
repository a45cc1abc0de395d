/*
 * front.h: what the front ends of all of Xen's devices do alike: they find their back end in the store, give it an
 * event channel, and go through the states of xen/io/xenbus.h with it.
 */
#ifndef GUEST_XENBUS_FRONT_H
#define GUEST_XENBUS_FRONT_H

#include "xenbus.h"

#define xen_mb()  asm volatile("mfence" : : : "memory")
#define xen_rmb() asm volatile("" : : : "memory")
#define xen_wmb() asm volatile("" : : : "memory")
#include <xen/io/xenbus.h>

struct front {
    const char *kind, *what;                   /* in the store, as "vbd"; in a sentence, as "disk" */
    char path[STORE_VALUE], back[STORE_VALUE]; /* in the store */
    uint16_t domain;                           /* the back end's */
    evtchn_port_t port;
};

/* The first device of its kind, from whatever was before to a back end that waits for what the front end has to say;
 * with an event channel. NULL, or why there is none. */
const char *front_open(struct front *f);
/* All has been said, and `state` is the one that says so. Panics where the back end does not take it. */
void front_connect(struct front *f, enum xenbus_state state);
void front_close(struct front *f);

/* Requests have been pushed, and the ring says whether the back end wants to be told. */
static inline void front_tell(const struct front *f, int wanted)
{
    if (wanted)
        port_send(f->port);
    else
        notifications.suppressed++;
}

#endif
