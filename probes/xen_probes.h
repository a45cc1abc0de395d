/*
 * xen_probes.h: loads the probes of Xen's first domain and hands out the
 * events that they noted, in order.
 */
#ifndef PROBES_XEN_PROBES_H
#define PROBES_XEN_PROBES_H

#include "probes/xen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xen_probes;

/* NULL with one line in `why`. Events begin at once. */
struct xen_probes *xen_probes_open(char *why, size_t why_size);
void xen_probes_close(struct xen_probes *p);

/* Why upcalls are not among the events; NULL: they are. */
const char *xen_probes_no_upcalls(const struct xen_probes *p);

/* The same of what is done with grants: all of it, or nothing. */
const char *xen_probes_no_grants(const struct xen_probes *p);

/* To be polled; readable when the buffer is half full. */
int xen_probes_fd(const struct xen_probes *p);

/* Hands out what has come; false when it cannot be read. */
bool xen_probes_drain(struct xen_probes *p, void (*event)(void *context, const struct xen_event *e), void *context);

/* Events that found no room until now. */
uint64_t xen_probes_lost(const struct xen_probes *p);

/* As kvm_probes_check(): can they be had here? Attaches them to see. */
bool xen_probes_check(char *why, size_t why_size, char *mend, size_t mend_size);

#endif
