/*
 * recount.h: a second reader of Xen's trace, which knows nothing of regions, marks, continuations or costs: it counts
 * the records of the domain's whole life by their kind. What the first one has booked, in regions and out of them, and
 * set aside, must be just as many of each: no entry is lost between two regions, and none is in two.
 */
#ifndef XEN_DOMAIN_RECOUNT_H
#define XEN_DOMAIN_RECOUNT_H

#include "hypervisor-harness/xen-domain/books.h"
#include "hypervisor-harness/xen-domain/trace.h"

#define RECOUNT_CALLS 64u
#define RECOUNT_TRAPS 32u
#define RECOUNT_EXITS 0x500u /* SVM's last is 0x403; what lies above is counted as one */

struct recount {
    unsigned domain;
    bool runs;
    uint32_t vcpu; /* the one that does */
    uint64_t call[RECOUNT_CALLS], other_calls, trap[RECOUNT_TRAPS], page_fault, emulated, exit[RECOUNT_EXITS],
        other_exits;
};

void recount_begin(struct recount *c, unsigned domain);

/* Whole records, as for xen_trace_feed(). */
void recount_feed(struct recount *c, const uint8_t *bytes, size_t size);

/* Lines "M recount …" of pvbench/log.h. False: it does not agree with the books. */
bool recount_print(const struct recount *c, enum xen_isa isa, const struct xen_books *b, FILE *out);

#endif
