/*
 * perfc.h: Xen's performance counters, where it was built with them.
 */
#ifndef XEN_DOMAIN_PERFC_H
#define XEN_DOMAIN_PERFC_H

#include "hypervisor-harness/xen-domain/perfc_opinion.h"

struct perfc;

/* NULL with the reason in `why`: Xen has none, or they would not tell of the one processor that is traced. */
struct perfc *perfc_open(char *why, size_t size);
int perfc_read(struct perfc *p, struct xen_counts *c, char *why, size_t size);
void perfc_close(struct perfc *p);

#endif
