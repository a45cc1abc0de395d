/*
 * opinion.h: Xen's performance counters beside its trace, over the life of
 * one domain: four readings around it and the comparison.
 */
#ifndef XEN_DOMAIN_OPINION_H
#define XEN_DOMAIN_OPINION_H

#include "hypervisor-harness/xen-domain/trace.h"
#include "hypervisor-harness/xen-domain/perfc.h"

struct opinion {
    struct perfc *perfc; /* NULL: there is none to be had, for the reason in `none` */
    struct xen_perfc_readings readings;
    char none[256], difference[256];
};

void opinion_open(struct opinion *o);

/* In this order: before the trace is switched on, after it, before it is switched off, after it. */
void opinion_read(struct opinion *o, struct xen_counts *into);

/* Says it on `out`; a difference puts the trace's counts in doubt. */
void opinion_print(struct opinion *o, struct xen_trace *t, FILE *out);
void opinion_close(struct opinion *o);

#endif
