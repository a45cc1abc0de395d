/*
 * toolstack.h: what Xen's libraries do to create, start and destroy a domain, counted as they do it: requests to
 * XenStore, hypercalls by number, and time.
 *
 * This program defines the functions of libxenstore and the ioctl() that the libraries call, counts, and hands on: no
 * trace of Xen's tells whose of many domains a request is for, and the first domain's kernel has others to serve.
 */
#ifndef XEN_DOMAIN_TOOLSTACK_H
#define XEN_DOMAIN_TOOLSTACK_H

#include <stdint.h>
#include <stdio.h>

#define TOOLSTACK_CALLS 64

struct toolstack {
    uint64_t store;                 /* requests to XenStore, and those that only end a transaction */
    uint64_t call[TOOLSTACK_CALLS]; /* hypercalls by their number */
    uint64_t mappings;              /* requests to map a domain's memory, whose hypercalls are the kernel's */
    uint64_t ticks;                 /* of the processor's counter: all of this, and whatever ran meanwhile */
    uint64_t own_ns,
        store_ns; /* that this program ran, with its helpers that have ended, and xenstored; 0: not known */
};

/* Since the program began. */
struct toolstack toolstack_now(void);

/* What was done between two moments. */
struct toolstack toolstack_between(const struct toolstack *before, const struct toolstack *after);

/* "M step …" or "M passage …" of pvbench/log.h: `what` was done for the guest that was the how-manieth to start, or
 * when the measured one was saved for the how-manieth time. */
void toolstack_print(const struct toolstack *t, const char *line, unsigned order, const char *what, FILE *out);

#endif
