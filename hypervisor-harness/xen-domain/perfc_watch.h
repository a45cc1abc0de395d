/*
 * perfc_watch.h: Xen's performance counters beside its trace, over the life of
 * one domain: four readings around it and the comparison.
 */
#ifndef XEN_DOMAIN_PERFC_WATCH_H
#define XEN_DOMAIN_PERFC_WATCH_H

#include "hypervisor-harness/xen-domain/trace.h"
#include "hypervisor-harness/xen-domain/perfc.h"

struct perfc_watch {
    struct perfc *perfc; /* NULL: there is none to be had, for the reason in `none` */
    struct xen_perfc_readings readings;
    char none[256], difference[256];
};

void perfc_watch_open(struct perfc_watch *o);

/* In this order: before the trace is switched on, after it, before it is switched off, after it. */
void perfc_watch_read(struct perfc_watch *o, struct xen_counts *into);

/* Says it on `out`; a difference puts the trace's counts in doubt. */
void perfc_watch_print(struct perfc_watch *o, struct xen_trace *t, FILE *out);
void perfc_watch_close(struct perfc_watch *o);

#endif
