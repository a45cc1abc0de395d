/*
 * net.h: how a driver of a network card registers. Its file is in the image of each mode that can have such a
 * card, and nothing else knows it:
 *
 *     NET_DRIVER(virtio_net, .open = virtio_open, …);
 */
#ifndef GUEST_NET_H
#define GUEST_NET_H

#include "internal.h"

struct net_driver {
    const char *name;
    bool emulated; /* of the kind "emulated"; else "pv" */
    /* NULL: always. False: not on this hypervisor, so that what it would say is no reason. */
    bool (*is_possible)(void);
    /* At the start of day, when page tables may still be made that stay. NULL: nothing to do. */
    void (*init)(void);
    /* NULL, or why there is no such card; the next driver is asked then. It has 128 pages at least. */
    const char *(*open)(void);
    void (*close)(void); /* pages taken since are given back, so that it can be opened again and again */
    /*
     * One frame more to be sent, without a word to the back end. It lies in one page and stays as it is until it
     * is sent. Where all NET_DEPTH_MAX places are taken, the driver waits first.
     */
    void (*put)(const void *frame, unsigned size);
    void (*notify)(void);
    /* At least one more of those that were put is sent: how many. */
    unsigned (*sent)(void);
    /*
     * The next frame that came, and its size; it stays until the next one is asked for. NET_DEPTH_MAX of them
     * have room before anybody asks.
     */
    unsigned (*receive)(const void **frame);
} __attribute__((aligned(64))); /* the section is an array */

#define NET_DRIVER(id, ...)                                                                                            \
    static const struct net_driver driver_##id                                                                         \
        __attribute__((used, section(".net_drivers"))) = {.name = #id, __VA_ARGS__}

#endif
