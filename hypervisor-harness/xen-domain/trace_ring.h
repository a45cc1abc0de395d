/*
 * trace_ring.h: the ring of records that Xen shares for one processor
 * (struct t_buf of xen/trace.h), apart from Xen's calls, so that it is tested
 * without Xen.
 */
#ifndef XEN_DOMAIN_TRACE_RING_H
#define XEN_DOMAIN_TRACE_RING_H

#include "hypervisor-harness/xen-domain/trace.h"

/*
 * Xen gives up a record for which there is less room than its own and a
 * filler's before the end of the ring. It says so only when a later one fits, and
 * forgets about it when the trace is switched off: a ring that was found so full lost records, for all we know.
 */
#define TRACE_RING_ROOM_LEAST (2 * sizeof(struct t_rec))

struct t_buf;

enum trace_ring_state { TRACE_RING_GOOD, TRACE_RING_FULL, TRACE_RING_IMPOSSIBLE };

/* What has come, in one part or two, oldest first; then Xen has its room again. `size`: of the records. */
enum trace_ring_state trace_ring_take(struct t_buf *ring, size_t size,
                                      void (*take)(void *with, const uint8_t *bytes, size_t size), void *with);

/* Hands the decoder all that has come, and says so to Xen. `size`: of the records, which lie behind `ring`. */
void trace_ring_drain(struct t_buf *ring, size_t size, struct xen_trace *t);

#endif
