/*
 * trace.h: Xen's trace records of a guest's virtual processors become the
 * books of the measured regions (entries by class and kind, with what they
 * cost and were about).
 *
 * Pure decoding, so that it is tested with made-up records: whoever reads
 * Xen's buffers feeds it, in order, the records of the one processor that
 * the guest is pinned to. Xen's records carry no domain; which one runs is
 * taken from the scheduler's records.
 *
 * What Xen does not write down, and what is done about it:
 * - PV entries have no record of their end: they have no cost.
 * - a bounced SYSCALL and an event's upcall (PV) are not traced. They follow
 *   from the iret hypercalls (returns.h).
 * - the instruction of an emulation is not recorded, its address is: it is
 *   read from the guest's image, which lies at its own addresses.
 *
 * What Xen's own interrupts add is no entry of the guest's and stands apart
 * as ticks: INTR exits, and hypercalls that Xen broke off and took up again.
 */
#ifndef XEN_DOMAIN_TRACE_H
#define XEN_DOMAIN_TRACE_H

#include "hypervisor-harness/xen-domain/first_domain_books.h"
#include "hypervisor-harness/xen-domain/perfc_opinion.h"

#include "collectors/books.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define XEN_TRACE_REGIONS PVB_REGIONS_MAX

struct xen_trace;

/* By what a domain enters Xen: PV by none of the processor's virtualization, else AMD's or Intel's. */
enum xen_isa { XEN_ISA_PV, XEN_ISA_SVM, XEN_ISA_VMX };

/* `domain` is Xen's number of it. NULL when out of memory. */
struct xen_trace *xen_trace_new(unsigned domain, enum xen_isa isa);
void xen_trace_free(struct xen_trace *t);

/* Bytes of the guest's memory as the image has them; the pointer must outlive the trace. */
void xen_trace_image(struct xen_trace *t, uint64_t address, const uint8_t *bytes, size_t size);

/* The processor is the computer's only one: what the first domain asks is all in the trace. */
void xen_trace_whole(struct xen_trace *t);

/* The guest is Linux, which has rules of its own (returns.h). */
void xen_trace_linux(struct xen_trace *t);

/*
 * Another domain on the same processor, whose books are open whenever those of `t` are, and are printed in them. Must
 * outlive `t`.
 */
void xen_trace_beside(struct xen_trace *t, struct xen_trace *other);
/* The guest goes on as another domain: all records of the old one have been fed. */
void xen_trace_follow(struct xen_trace *t, unsigned domain);

/* This region is open from the moment on at which the domain first runs: of its start, whose end alone is marked. */
void xen_trace_boot(struct xen_trace *t, unsigned region);

/* What the probes in the first domain noted, which must outlive the trace: sorted into the regions and printed with
 * them. */
void xen_trace_host(struct xen_trace *t, struct xen_host *host);

/* Whole records only. */
void xen_trace_feed(struct xen_trace *t, const uint8_t *bytes, size_t size);

/* At the end, before the books are printed: what a second reader has counted (recount.h). One that disagrees puts the
 * counts in doubt. */
void xen_trace_recount(struct xen_trace *t, FILE *out);

/* The lines "M region …" of pvbench/log.h. */
void xen_trace_print(struct xen_trace *t, FILE *out);

/* The same when there was no trace: every region, with the reason. */
void xen_trace_print_none(const char *reason, FILE *out);

/* Of all domains on the processor, in regions and out of them. */
const struct xen_counts *xen_trace_counts(const struct xen_trace *t);

/* The domain's last hypercall. If it ended in it, Xen has never finished it. */
unsigned xen_trace_last_call(const struct xen_trace *t);

/* The counts are not to be had, for this reason, which must outlive the trace. */
void xen_trace_doubt(struct xen_trace *t, const char *reason);

/* Why they are not, or NULL. */
const char *xen_trace_doubted(const struct xen_trace *t);

/* Xen's buffer was found full, and what came next may have had no room. */
void xen_trace_full(struct xen_trace *t);

/* Records that Xen had no room for; at least as many. */
uint64_t xen_trace_lost(const struct xen_trace *t);

#endif
