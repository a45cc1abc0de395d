/*
 * xen_books.h: the books of the measured regions, kept while Xen's trace is
 * decoded and printed in the lines of pvbench/log.h, so that whoever reads the
 * minivisor's books reads these.
 *
 * All entries go to the region that is open; outside of any they are
 * dropped. Running out of memory, like a lost record, puts the regions in
 * doubt, with the reason.
 */
#ifndef COLLECTORS_XEN_BOOKS_H
#define COLLECTORS_XEN_BOOKS_H

#include <pvbench/entries.h>

#include <stdint.h>
#include <stdio.h>

struct xen_books;

struct xen_books *xen_books_new(void);
void xen_books_free(struct xen_books *b);

void xen_books_open(struct xen_books *b, unsigned region, uint64_t tsc);
void xen_books_close(struct xen_books *b, unsigned region, uint64_t tsc);

/* One entry; what it cost and was about, if that is known, after it. */
void xen_books_count(struct xen_books *b, enum pvb_class class, uint32_t code);
void xen_books_cost(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t ticks);
void xen_books_detail(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t key);

/* An interrupt of the hypervisor's own that showed. */
void xen_books_tick(struct xen_books *b);

/* The counts of every region are not to be had, for this reason; the first one stays. */
void xen_books_doubt_all(struct xen_books *b, const char *reason);

/* `isa`: which table names the exits. */
void xen_books_print(struct xen_books *b, const char *isa, FILE *out);

#endif
