/*
 * disk.h: how a driver of a disk registers. Its file is in the image of each mode that can have such a
 * disk, and nothing else knows it:
 *
 *     DISK_DRIVER(ata, .emulated = true, .open = ata_open, …);
 */
#ifndef GUEST_DISK_H
#define GUEST_DISK_H

#include "internal.h"

struct disk_request {
    enum disk_operation operation;
    uint64_t at;       /* in pages */
    void *const *page; /* valid during put() only */
    unsigned pages;
};

struct disk_driver {
    const char *name;
    bool emulated; /* of the kind "emulated"; else "pv" */
    /* NULL: always. False: not on this hypervisor, so that what it would say is no reason. */
    bool (*is_possible)(void);
    /* At the start of day, when page tables may still be made that stay. NULL: nothing to do. */
    void (*init)(void);
    /* NULL, or why there is no such disk; the next driver is asked then. It has 64 pages at least. */
    const char *(*open)(void);
    void (*close)(void);           /* pages taken since are given back, so that it can be opened again and again */
    unsigned depth;                /* requests in flight, 1 to DISK_DEPTH_MAX */
    const char *(*no_flush)(void); /* NULL: it can always flush */
    void (*put)(const struct disk_request *request);
    void (*notify)(void);
    /* At least one more is done: how many. A request that failed is a panic. */
    unsigned (*wait)(void);
} __attribute__((aligned(64))); /* the section is an array */

#define DISK_DRIVER(id, ...)                                                                                           \
    static const struct disk_driver driver_##id                                                                        \
        __attribute__((used, section(".disk_drivers"))) = {.name = #id, __VA_ARGS__}

#endif
