/*
 * back.h: what the back ends of all devices do alike: they follow the states that their front end writes into the
 * store, as Linux's do (xen/io/xenbus.h).
 */
#ifndef DEVICE_BACK_H
#define DEVICE_BACK_H

#include "state.h"

/* A kind of device: where it stands in the store, and how it takes what its front end offers. */
struct back_kind {
    unsigned int front_state, event_channel, back_state; /* enum store_node */
    bool (*connect)(void);                               /* false: what stands there cannot be used */
};

void back_init(struct back_end *b, const struct back_kind *kind);
void back_front_changed(struct back_end *b, const struct back_kind *kind); /* the front end's state was written */
bool back_is_connected(const struct back_end *b);

#endif
