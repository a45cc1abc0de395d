/* trace_ring.c: both offsets run to twice the size, so that full and empty differ (xen/trace.h). */
#include "hypervisor-harness/xen-domain/trace_ring.h"

#include <xen/trace.h>

enum trace_ring_state trace_ring_take(struct t_buf *ring, size_t size,
                                      void (*take)(void *with, const uint8_t *bytes, size_t size), void *with)
{
    const uint8_t *records = (const uint8_t *)(ring + 1);
    size_t from = ring->cons, to = *(volatile uint32_t *)&ring->prod;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    size_t window = (to + 2 * size - from) % (2 * size), begin = from % size;
    if (from >= 2 * size || to >= 2 * size || window > size)
        return TRACE_RING_IMPOSSIBLE;
    size_t first = size - begin < window ? size - begin : window;
    take(with, records + begin, first);
    take(with, records, window - first);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    *(volatile uint32_t *)&ring->cons = (uint32_t)to;
    return size - window < TRACE_RING_ROOM_LEAST ? TRACE_RING_FULL : TRACE_RING_GOOD;
}

static void feed(void *with, const uint8_t *bytes, size_t size)
{
    xen_trace_feed(with, bytes, size);
}

void trace_ring_drain(struct t_buf *ring, size_t size, struct xen_trace *t)
{
    enum trace_ring_state state = trace_ring_take(ring, size, feed, t);
    if (state == TRACE_RING_IMPOSSIBLE)
        xen_trace_doubt(t, "the offsets in Xen's trace buffer are impossible ones");
    else if (state == TRACE_RING_FULL)
        xen_trace_full(t);
}
