/*
 * books.h: the books of the measured regions, kept while Xen's trace is
 * decoded and printed in the lines of pvbench/log.h, so that whoever reads the
 * minivisor's books reads these.
 *
 * All entries go to the region that is open; those outside of any are counted, and not printed. Running out of memory,
 * like a lost record, puts the regions in doubt, with the reason.
 */
#ifndef XEN_DOMAIN_BOOKS_H
#define XEN_DOMAIN_BOOKS_H

#include "hypervisor-harness/xen-domain/first_domain_books.h"

#include <pvbench/entries.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct xen_books;

struct xen_books *xen_books_new(void);
void xen_books_free(struct xen_books *b);

/* What the probes in the first domain say is told what the books know of the time, and printed in them. */
void xen_books_host(struct xen_books *b, struct xen_host *host);

void xen_books_open(struct xen_books *b, unsigned region, uint64_t tsc);
void xen_books_close(struct xen_books *b, unsigned region, uint64_t tsc);

/* One entry; what it cost and was about, if that is known, after it. */
void xen_books_count(struct xen_books *b, enum pvb_class class, uint32_t code);
/* It was not the vCPU that marks; besides. */
void xen_books_count_other(struct xen_books *b, enum pvb_class class, uint32_t code);
void xen_books_cost(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t ticks);
void xen_books_detail(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t key);

/* Those of the next domain beside: open and closed with these, and printed in them. */
void xen_books_beside(struct xen_books *b, struct xen_books *other);

/* When the domain had the processor. */
void xen_books_ran(struct xen_books *b, uint64_t from, uint64_t to);
/* What came in as an entry does and is none of the guest's: a mark, an interrupt of the hypervisor's own, what it takes
 * up again. */
void xen_books_aside(struct xen_books *b, enum pvb_class class, uint32_t code);

/* Of the domain's whole life, in regions and out of them, with what was set aside. */
uint64_t xen_books_all(const struct xen_books *b, enum pvb_class class, uint32_t code);
uint64_t xen_books_class(const struct xen_books *b, enum pvb_class class);

/* An interrupt of the hypervisor's own that showed. */
void xen_books_tick(struct xen_books *b);

/* While the region is open: a hypercall of the first domain, and when it began to run and when it ended. */
void xen_books_host_call(struct xen_books *b, uint32_t op);
void xen_books_host_ran(struct xen_books *b, uint64_t from, uint64_t to);

/* The counts of every region are not to be had, for this reason; the first one stays. */
void xen_books_doubt_all(struct xen_books *b, const char *reason);
/* Why, or NULL. */
const char *xen_books_doubt(const struct xen_books *b);

/* `isa`: which table names the exits. `host_calls`: those of the first domain are all there. */
void xen_books_print(struct xen_books *b, const char *isa, bool host_calls, FILE *out);

#endif
