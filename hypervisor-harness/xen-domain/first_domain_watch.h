/*
 * first_domain_watch.h: what Xen's first domain does for a guest: its probes, the
 * readings of both clocks, and who its device model is.
 *
 * Only around a run that is for counts: the probes make the first domain slower.
 */
#ifndef XEN_DOMAIN_FIRST_DOMAIN_WATCH_H
#define XEN_DOMAIN_FIRST_DOMAIN_WATCH_H

#include "hypervisor-harness/xen-domain/first_domain_books.h"
#include "probes/xen_probes.h"

struct first_domain {
    struct xen_probes *probes; /* NULL: there are none, and `host` says why */
    struct xen_host *host;
};

/* `domain`: the guest, which exists. False when out of memory. */
bool first_domain_watch(struct first_domain *f, unsigned domain, uint32_t tsc_khz);

/* To be polled; -1: nothing. */
int first_domain_fd(const struct first_domain *f);

/* Takes what has come; once more when the guest has ended. */
void first_domain_drain(struct first_domain *f);

/* The guest goes on as another domain, which may have another device model. */
void first_domain_follow(struct first_domain *f, unsigned domain);

/* No more events. The books stay until they are freed. */
void first_domain_stop(struct first_domain *f);
void first_domain_free(struct first_domain *f);

#endif
