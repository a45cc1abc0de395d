/* net.c: how the network card's back end lies: about what was sent, and about what came. */
#include "back.h"

#include <pvbench/net.h>
#include <xen/io/netif.h>

#define TX_ENTRIES __CONST_RING_SIZE(netif_tx, PAGE_SIZE)
#define RX_ENTRIES __CONST_RING_SIZE(netif_rx, PAGE_SIZE)

/* --- what is sent ------------------------------------------------------------------- */

static struct netif_tx_response *sent(const struct scene *s, u32 number)
{
    struct netif_tx_sring *ring = s->ring;

    return &ring->ring[(s->first + number) % TX_ENTRIES].rsp;
}

static void sent_to(struct scene *s, u32 index)
{
    ((struct netif_tx_sring *)s->ring)->rsp_prod = index;
}

void tx_id_beyond(struct scene *s)
{
    sent(s, 0)->id = 32;
}

void tx_id_far_beyond(struct scene *s)
{
    sent(s, 0)->id = 0xffff;
}

void tx_id_not_put(struct scene *s)
{
    sent(s, 0)->id = 5;
}

void tx_id_twice(struct scene *s)
{
    if (s->end - s->first > 1)
        sent(s, 1)->id = sent(s, 0)->id;
}

void tx_status_error(struct scene *s)
{
    sent(s, 0)->status = NETIF_RSP_ERROR;
}

void tx_status_null(struct scene *s)
{
    sent(s, 0)->status = NETIF_RSP_NULL;
}

void tx_ahead(struct scene *s)
{
    sent_to(s, s->end + 1);
}

void tx_behind(struct scene *s)
{
    sent_to(s, s->first - 1);
}

void tx_silent(struct scene *s)
{
    sent_to(s, s->first);
}

void tx_storm(struct scene *s)
{
    sent_to(s, s->first);
    storm(guest.devices.net.back.port);
}

void tx_front_index(struct scene *s)
{
    ((struct netif_tx_sring *)s->ring)->req_prod += 100;
}

/* --- what comes ----------------------------------------------------------------------- */

static struct netif_rx_response *came(const struct scene *s, u32 number)
{
    struct netif_rx_sring *ring = s->ring;

    return &ring->ring[(s->first + number) % RX_ENTRIES].rsp;
}

static void came_to(struct scene *s, u32 index)
{
    ((struct netif_rx_sring *)s->ring)->rsp_prod = index;
}

void rx_id_beyond(struct scene *s)
{
    came(s, 0)->id = 64;
}

void rx_id_far_beyond(struct scene *s)
{
    came(s, 0)->id = 0xffff;
}

void rx_id_twice(struct scene *s)
{
    if (s->end - s->first > 1)
        came(s, 1)->id = came(s, 0)->id;
}

void rx_offset(struct scene *s)
{
    came(s, 0)->offset = 4090;
}

void rx_offset_far(struct scene *s)
{
    came(s, 0)->offset = 0xffff;
}

void rx_size(struct scene *s)
{
    came(s, 0)->status = 0x7fff;
}

void rx_error(struct scene *s)
{
    came(s, 0)->status = NETIF_RSP_ERROR;
}

void rx_empty(struct scene *s)
{
    came(s, 0)->status = 0;
}

void rx_more(struct scene *s)
{
    came(s, 0)->flags = NETRXF_more_data;
}

void rx_extra(struct scene *s)
{
    came(s, 0)->flags = NETRXF_extra_info;
}

void rx_unknown_flag(struct scene *s)
{
    came(s, 0)->flags = 0x8000;
}

void rx_validated(struct scene *s)
{
    came(s, 0)->flags = NETRXF_data_validated;
}

void rx_ahead(struct scene *s)
{
    came_to(s, s->first + 65);
}

void rx_behind(struct scene *s)
{
    came_to(s, s->first - 1);
}

/* Of a frame with data, its head, as the last bytes of the page. */
void rx_short(struct scene *s)
{
    const u32 size = sizeof(struct pvb_net_frame);

    for (u32 i = 0; i < s->end - s->first; i++) {
        u8 *page = granted_memory(s->offered[i], true);

        if (!page || page[12] << 8 != (PVB_NET_TYPE & 0xff00))
            continue;
        memcpy(page + PAGE_SIZE - size, page, size);
        came(s, i)->offset = (u16)(PAGE_SIZE - size);
        came(s, i)->status = (s16)size;
    }
}

void rx_silent(struct scene *s)
{
    came_to(s, s->first);
}

void rx_storm(struct scene *s)
{
    came_to(s, s->first);
    storm(guest.devices.net.back.port);
}
