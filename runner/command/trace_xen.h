/*
 * trace_xen.h: Xen's trace records of all processors become views of its
 * domains: entries by virtual processor, class and kind, from exit to entry where
 * Xen writes down both, and what they were about.
 *
 * A record does not say whose it is; the scheduler's records tell which virtual
 * processor runs. Until the first of them what a processor does belongs to nobody,
 * and is counted as such. What Xen writes down of a PV guest are hypercalls, faults, and
 * instructions that it carries out, without their ends; a bounced SYSCALL and an event's upcall leave no record.
 */
#ifndef RUNNER_TRACE_XEN_H
#define RUNNER_TRACE_XEN_H

#include "collectors/xentrace.h"
#include "runner/command/trace_guest.h"

#define TRACE_XEN_DOMAINS 1024

struct trace_xen;

/* `hz`: the ticks of a second; 0: not known, and times are ticks. Records of single entries go to `take`. */
struct trace_xen *trace_xen_new(double hz, const struct trace_wants *wants, trace_take *take, void *with);
void trace_xen_free(struct trace_xen *x);

/* This domain's single entries are told, with this place. If none is wanted, all are, with the domains' numbers. */
void trace_xen_want(struct trace_xen *x, uint32_t domain, uint32_t place);

/* A xentrace_take. */
void trace_xen_take(void *with, const struct xentrace_record *record);

/* Which domains have had entries, by number. Xen's idle one has none. */
size_t trace_xen_domains(const struct trace_xen *x, uint32_t domain[TRACE_XEN_DOMAINS]);

/* Into an empty view. */
void trace_xen_view(const struct trace_xen *x, uint32_t domain, struct trace_view *v);

/* The moment of the first record, as records of single entries have it. */
uint64_t trace_xen_start(const struct trace_xen *x);

/* From the first record to the last, in seconds; 0: not known. */
double trace_xen_seconds(const struct trace_xen *x);

/* Entries before it was known which virtual processor runs. */
uint64_t trace_xen_of_nobody(const struct trace_xen *x);

/* Records for which Xen had no room. */
uint64_t trace_xen_lost(const struct trace_xen *x);

#endif
