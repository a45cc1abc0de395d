/* trace_ring.c: both offsets run to twice the size, so that full and empty differ (xen/trace.h). */
#include "hypervisor-harness/xen-domain/trace_ring.h"

#include <xen/trace.h>

void trace_ring_drain(struct t_buf *ring, size_t size, struct xen_trace *t)
{
    const uint8_t *records = (const uint8_t *)(ring + 1);
    size_t from = ring->cons, to = *(volatile uint32_t *)&ring->prod;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    size_t window = (to + 2 * size - from) % (2 * size), begin = from % size;
    if (from >= 2 * size || to >= 2 * size || window > size) {
        xen_trace_doubt(t, "the offsets in Xen's trace buffer are impossible ones");
        return;
    }
    size_t first = size - begin < window ? size - begin : window;
    xen_trace_feed(t, records + begin, first);
    xen_trace_feed(t, records, window - first);
    if (size - window < TRACE_RING_ROOM_LEAST)
        xen_trace_full(t);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    *(volatile uint32_t *)&ring->cons = (uint32_t)to;
}
