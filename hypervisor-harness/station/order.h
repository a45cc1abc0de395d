/*
 * order.h: what a guest's frame asks of the station, and the frames that answer it (pvbench/net.h). No more than
 * that: where frames come from and go to is the business of others, so that a fuzzer can play the guest.
 */
#ifndef STATION_ORDER_H
#define STATION_ORDER_H

#include "pvbench/net.h"

#include <stdbool.h>
#include <stddef.h>

struct station_order {
    unsigned count, size; /* frames, and bytes of each */
};

/* The guest wrote the frame: anything may stand in it. False: it asks for nothing that there is. */
bool station_order_read(const void *frame, size_t size, struct station_order *order);

/* Frame number `i` of it, from our address to the guest's: `order->size` bytes. */
void station_order_fill(const struct station_order *order, unsigned i, const uint8_t own[6], void *frame);

#endif
