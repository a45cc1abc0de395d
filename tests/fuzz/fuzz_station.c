/* Any bytes as a frame of a guest's: nothing, or answers within bounds, none of which asks a station for more. */
#include "hypervisor-harness/station/order.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const uint8_t own[6] = {2, 0, 0, 0, 0, 9};
    struct station_order order, next;
    if (!station_order_read(bytes, size, &order))
        return 0;
    if (order.count > PVB_NET_COUNT_MAX)
        abort();
    for (unsigned i = 0; i < order.count; i++) {
        uint8_t *frame = malloc(order.size);
        if (!frame)
            abort();
        station_order_fill(&order, i, own, frame);
        if (station_order_read(frame, order.size, &next))
            abort();
        free(frame);
    }
    return 0;
}
