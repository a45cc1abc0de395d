/* order.c: see order.h. */
#include "hypervisor-harness/station/order.h"

#include <string.h>

static const uint8_t type[2] = {PVB_NET_TYPE >> 8, PVB_NET_TYPE & 0xff};

bool station_order_read(const void *frame, size_t size, struct station_order *order)
{
    struct pvb_net_frame head;
    if (size < PVB_NET_FRAME_MIN || size > PVB_NET_FRAME_MAX)
        return false;
    memcpy(&head, frame, sizeof(head));
    if (memcmp(head.type, type, sizeof(type)) != 0 || head.what != PVB_NET_SEND)
        return false;
    *order = (struct station_order){head.count, (unsigned)(head.size[1] << 8 | head.size[0])};
    return order->count >= 1 && order->count <= PVB_NET_COUNT_MAX && order->size >= PVB_NET_FRAME_MIN &&
           order->size <= PVB_NET_FRAME_MAX;
}

void station_order_fill(const struct station_order *order, unsigned i, const uint8_t own[6], void *frame)
{
    struct pvb_net_frame head = {
        .to = PVB_NET_GUEST_MAC,
        .what = PVB_NET_DATA,
        .count = (uint8_t)i,
        .size = {(uint8_t)order->size, (uint8_t)(order->size >> 8)},
    };
    memcpy(head.from, own, sizeof(head.from));
    memcpy(head.type, type, sizeof(type));
    for (unsigned at = sizeof(head); at < order->size; at++)
        ((uint8_t *)frame)[at] = pvb_net_byte(i, at);
    memcpy(frame, &head, sizeof(head));
}
