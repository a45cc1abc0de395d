/*
 * trace_ring.h: the ring of records that Xen shares for one processor
 * (struct t_buf of xen/trace.h), apart from Xen's calls, so that it is tested
 * without Xen.
 */
#ifndef RUNNER_XEN_TRACE_RING_H
#define RUNNER_XEN_TRACE_RING_H

#include "collectors/xen_trace.h"

struct t_buf;

/* Hands the decoder all that has come, and says so to Xen. `size`: of the records, which lie behind `ring`. */
void trace_ring_drain(struct t_buf *ring, size_t size, struct xen_trace *t);

#endif
