/*
 * beside.h: the domains beside the one that is measured, on the same processor: made before it, started together in
 * their order once all of them are there, each with the one load that its image has; the measured one starts when each
 * of them does its load, or has been given up. One that crashes, hangs or is destroyed costs no other anything.
 */
#ifndef XEN_DOMAIN_BESIDE_H
#define XEN_DOMAIN_BESIDE_H

#include "hypervisor-harness/xen-domain/domain.h"
#include "hypervisor-harness/xen-domain/guest_image.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include <signal.h>
#include <stdio.h>

struct neighbour;

struct beside {
    unsigned count;                  /* 0: the measured domain is alone, and nothing below does anything */
    const char *mode, *image, *load; /* the load "idle_guest" gets the least of memory */
    const char *kind;                /* of their disks and cards; NULL: they have none */
    bool has_wire;                   /* there is one: the first of them has it, since their load is the network\'s */
    unsigned long disk_kib;          /* of the measured one's disk */
    struct domain_share wanted;      /* of each of them; 0: as usual */
    uint64_t done_at;                /* where each counts its loads; 0: the image has no place for it */
    const struct domain *measured;
    struct domain_share measured_share; /* where one is wanted of the others */
    struct neighbour *neighbour;
};

/* All of them, paused; `like`: the measured one, connected. -1 with the reason in `why`. */
int beside_create(struct beside *b, const struct domain *like, char *why, size_t size);

/* Starts them; until each is at work, has ended, or is late, which ends it; `broken_off`: not longer than that. */
void beside_start(struct beside *b, const volatile sig_atomic_t *broken_off);

/* Before the measured one has gone: which of them are still there? */
void beside_look(struct beside *b);

/* Moves the target of the one with this number, from 0, by so many KiB, and waits until it has as much. -1 with the
 * reason in `why`. */
int beside_set_memory(struct beside *b, unsigned number, long kib, const struct meanwhile *m, char *why, size_t size);

/* For the trace: of each, its entries and how long it had the processor. -1: out of memory. */
int beside_trace(struct beside *b, struct xen_trace *measured, const struct guest_image *image, enum xen_isa isa);

/* The lines "M guest …" of pvbench/log.h, that of the measured one among them. */
void beside_print(const struct beside *b, FILE *out);

/* NULL, or the first reason why one of them was not beside the measured one all the time. */
const char *beside_trouble(const struct beside *b);

/* Nothing of them is left; those that the next call of beside_create() makes are others. `out`: gets the lines "M step
 * …", what each took to be created, started and destroyed; NULL: nobody wants them. */
void beside_destroy(struct beside *b, FILE *out);

#endif
