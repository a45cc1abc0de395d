/*
 * first_domain_books.h: what Xen's first domain did in the measured regions, from the
 * events that the probes in its kernel noted (probes/xen.h).
 *
 * The probes do not know regions, Xen's trace does not know processes. They meet
 * here, by time: regions, and when the first domain ran, come from the trace in ticks of the
 * processor's TSC; the events' clock is turned into ticks by readings of both clocks.
 *
 * The rules:
 * - an event belongs to the region in which its moment lies, the begin
 *   included, the end not; a hypercall's moment is that at which a program asks for it.
 * - a process is on the processor from one switch to the next, less the time
 *   in which Xen did not let the first domain run; interrupts count to whom they interrupt.
 * - where Xen's trace has all of the first domain (one processor), its hypercalls less
 *   those that programs asked for are the kernel's own, and the two sources are
 *   held against each other: privcmd's of a number may not be more than the trace has,
 *   and must be as many where only programs make them.
 */
#ifndef XEN_DOMAIN_FIRST_DOMAIN_BOOKS_H
#define XEN_DOMAIN_FIRST_DOMAIN_BOOKS_H

#include "collectors/xen_party.h"

#include "probes/xen.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define XEN_HOST_CALLS 64 /* Xen has no more hypercalls */

struct xen_host;

/* NULL when out of memory. */
struct xen_host *xen_host_new(void);
void xen_host_free(struct xen_host *h);

/* From the trace, ascending: a region was open; the first domain ran while it was. */
void xen_host_span(struct xen_host *h, unsigned region, uint64_t from, uint64_t to);
void xen_host_ran(struct xen_host *h, unsigned region, uint64_t from, uint64_t to);

/* Both clocks at one moment, known up to `window` ticks; ascending. */
void xen_host_clock(struct xen_host *h, uint64_t tsc, uint64_t ns, uint64_t window);

/* `tsc_khz`: how fast its TSC is; `domain`: whose back ends these are. Processes of other names are told by number. */
void xen_host_about(struct xen_host *h, unsigned domain, uint32_t tsc_khz);
void xen_host_process(struct xen_host *h, uint32_t process, enum xen_party party);

void xen_host_event(struct xen_host *h, const struct xen_event *e);

/* Nothing of it is to be had, or no upcalls, or no grants: the reason, which is copied; the first one stays. */
void xen_host_none(struct xen_host *h, const char *reason);
void xen_host_no_upcalls(struct xen_host *h, const char *reason);
void xen_host_no_grants(struct xen_host *h, const char *reason);

/* All has come. `whole`: the trace has all that the first domain did. */
void xen_host_settle(struct xen_host *h, bool whole);

/* The lines "M probes …" of pvbench/log.h: what is said of all regions, and of one.
 * `call`: the first domain's hypercalls in it by number, XEN_HOST_CALLS of them; NULL: not known. */
void xen_host_print(const struct xen_host *h, FILE *out);
void xen_host_print_region(const struct xen_host *h, unsigned region, const uint64_t *call, FILE *out);

#endif
