/*
 * trace_state.h: what the decoder of Xen's trace (trace.c, trace_pv.c) knows while it goes from record to record.
 *
 * The vCPUs of a guest share the processor that is traced: what is under way of one lies still while another runs.
 */
#ifndef XEN_DOMAIN_TRACE_STATE_H
#define XEN_DOMAIN_TRACE_STATE_H

#include "hypervisor-harness/xen-domain/books.h"
#include "hypervisor-harness/xen-domain/code.h"
#include "hypervisor-harness/xen-domain/recount.h"
#include "hypervisor-harness/xen-domain/returns.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include <xen/trace.h>

#define XEN_TRACE_VCPUS PVB_VCPUS_MAX
#define EXTRA_MAX       TRACE_EXTRA_MAX
#define NO_DETAIL       UINT64_MAX

struct traced_vcpu {
    bool runs;
    uint64_t since;       /* it has run */
    uint64_t share_since; /* or that what it ran is not counted yet */

    /* PV */
    struct returns returns;

    /* the multicall at hand: not counted before its first sub-call tells whether it goes on with an older one */
    bool undecided;
    uint32_t announced, made;

    /* HVM: the exit at hand, and the time since it began that others had: the idle domain, other guests, the guest's
     * other vCPUs */
    bool in_exit, is_mark;
    uint32_t code, mark;
    uint64_t began, detail, elsewhere;
};

struct xen_trace {
    struct xen_books *books;
    unsigned domain;
    enum xen_isa isa;
    bool first_runs, whole, idles;
    uint64_t lost, first_since, idle_since;
    struct xen_counts all;
    unsigned last_call;
    struct xen_code code_of_guest;
    struct traced_vcpu vcpu[XEN_TRACE_VCPUS];
    struct traced_vcpu *at;   /* the one that runs; NULL: none does */
    struct xen_trace *beside; /* of the next domain beside this one */
    int boot;                 /* the region that is open from the domain's start on; -1: none is */
    struct recount recount;
};

/* A record taken apart. */
struct trace_record {
    uint32_t event, extra[EXTRA_MAX];
    unsigned extras;
    uint64_t tsc;
};

static inline uint64_t wide(const uint32_t *words)
{
    return words[0] | (uint64_t)words[1] << 32;
}

static inline bool trace_is_first(const struct xen_trace *t)
{
    return t->at == &t->vcpu[0];
}

/* An entry of the vCPU that runs. */
static inline void trace_count(struct xen_trace *t, enum pvb_class class, uint32_t code)
{
    xen_books_count(t->books, class, code);
    if (!trace_is_first(t))
        xen_books_count_other(t->books, class, code);
}

/* By a mark of the vCPU that runs. */
static inline void trace_close_region(struct xen_trace *t, uint32_t mark, uint64_t tsc)
{
    xen_books_ran(t->books, t->at->share_since, tsc);
    t->at->share_since = tsc;
    xen_books_close(t->books, PVB_MARK_REGION(mark), tsc);
}

/* A record of a PV guest's. */
void trace_pv_record(struct xen_trace *t, const struct trace_record *r);

/* The multicalls that nothing came behind. */
void trace_pv_end(struct xen_trace *t);

/* A hypercall that carries on with one that Xen broke off. */
bool trace_goes_on(const struct trace_record *r, uint32_t op);

#endif
