/*
 * net.c: the back end of Xen's network protocol (xen/io/netif.h): frames that the guest sends go to the station
 * (station.c), and what it answers is copied into the pages that the guest has offered, all before the guest's
 * hypercall returns.
 *
 * A frame for which there is no page is dropped, as on a wire.
 */
#include "back.h"
#include "device.h"
#include "guest.h"
#include "memory.h"
#include "station.h"

#include <pvbench/net.h>

#define xen_mb()  __asm__ volatile("" : : : "memory")
#define xen_rmb() xen_mb()
#define xen_wmb() xen_mb()
#include <xen/io/netif.h>

#define TX_ENTRIES __CONST_RING_SIZE(netif_tx, PAGE_SIZE)
#define RX_ENTRIES __CONST_RING_SIZE(netif_rx, PAGE_SIZE)
#define ETHERNET   14u
#define PIECES     (NETTXF_more_data | NETTXF_extra_info) /* more requests belong to this frame */
#define NO_EVENT   (1u << 30)                             /* so many requests ahead that none is told of */

static struct net *this_net(void)
{
    return &guest.devices.net;
}

static bool connect(void)
{
    struct net *net = this_net();

    net->tx_grant = store_number(VIF_FRONT_TX_RING_REF);
    net->rx_grant = store_number(VIF_FRONT_RX_RING_REF);
    net->sent = net->received = 0;
    net->in_pieces = false;
    return store_number(VIF_FRONT_REQUEST_RX_COPY) == 1 && granted_memory(net->tx_grant, true) &&
           granted_memory(net->rx_grant, true);
}

static const struct back_kind kind = {
    .front_state = VIF_FRONT_STATE,
    .event_channel = VIF_FRONT_EVENT_CHANNEL,
    .back_state = VIF_BACK_STATE,
    .connect = connect,
};

void net_init(void)
{
    back_init(&this_net()->back, &kind);
    station_init();
}

void net_front_changed(void)
{
    back_front_changed(&this_net()->back, &kind);
}

static void *ring(u32 grant, const char *which)
{
    void *memory = granted_memory(grant, true);

    if (!memory)
        kill_guest("network: grant %u, of the %s ring, is no longer one of memory", grant, which);
    return memory;
}

/* --- to the guest ------------------------------------------------------------- */

static s16 copy_in(grant_ref_t grant, const u8 *frame, u64 size)
{
    u8 *page = granted_memory(grant, true);

    if (!page)
        return NETIF_RSP_ERROR;
    copy_large(page, frame, size);
    return (s16)size;
}

/* The rings may be one page, and that a page to be filled: each is looked at anew, and a request copied first. */
static bool deliver(const u8 *frame, u64 size)
{
    struct net *net = this_net();
    struct netif_rx_sring *rx = ring(net->rx_grant, "receive");
    union netif_rx_sring_entry *entry = &rx->ring[net->received % RX_ENTRIES];
    u32 producer = *(volatile u32 *)&rx->req_prod;
    struct netif_rx_request request = *(volatile struct netif_rx_request *)&entry->req;
    s16 status;

    if (producer - net->received > RX_ENTRIES)
        kill_guest("network: receive ring: producer %u, consumer %u", producer, net->received);
    if (producer == net->received)
        return false;
    status = copy_in(request.gref, frame, size);
    entry->rsp = (struct netif_rx_response){.id = request.id, .status = status};
    net->received++;
    return true;
}

/* --- from the guest ------------------------------------------------------------ */

/* Of a frame in several requests, all: its last one alone would be another frame. */
static s16 refuse_piece(const struct netif_tx_request *request)
{
    this_net()->in_pieces = request->flags & PIECES;
    return NETIF_RSP_ERROR;
}

static s16 send(const struct netif_tx_request *request)
{
    const u8 *page;

    if (request->flags & PIECES || this_net()->in_pieces)
        return refuse_piece(request);
    if (request->size < ETHERNET || request->size > PVB_NET_FRAME_MAX || request->offset + request->size > PAGE_SIZE)
        return NETIF_RSP_ERROR;
    page = granted_memory(request->gref, false);
    if (!page)
        return NETIF_RSP_ERROR;
    station_frame(page + request->offset, request->size, deliver);
    return NETIF_RSP_OKAY;
}

static void send_one(struct netif_tx_sring *tx)
{
    union netif_tx_sring_entry *entry = &tx->ring[this_net()->sent % TX_ENTRIES];
    struct netif_tx_request request = entry->req;
    s16 status = send(&request);

    entry->rsp.id = request.id;
    entry->rsp.status = status;
}

/* RING_PUSH_RESPONSES_AND_CHECK_NOTIFY (xen/io/ring.h), by an index that the guest cannot change. */
static bool wants_event(u32 done, u32 first, u32 event)
{
    return done - event < done - first;
}

static bool push_sent(struct netif_tx_sring *tx, u32 first)
{
    tx->rsp_prod = this_net()->sent;
    tx->req_event = this_net()->sent + 1;
    return wants_event(this_net()->sent, first, tx->rsp_event);
}

static bool push_received(u32 first)
{
    struct netif_rx_sring *rx = ring(this_net()->rx_grant, "receive");

    rx->rsp_prod = this_net()->received;
    rx->req_event = this_net()->received + NO_EVENT;
    return wants_event(this_net()->received, first, rx->rsp_event);
}

void net_serve(void)
{
    struct net *net = this_net();
    u32 first = net->sent, first_received = net->received, producer;
    struct netif_tx_sring *tx;
    bool event;

    if (!back_is_connected(&net->back))
        return;
    tx = ring(net->tx_grant, "send");
    producer = *(volatile u32 *)&tx->req_prod;
    if (producer - first > TX_ENTRIES)
        kill_guest("network: send ring: producer %u, consumer %u", producer, first);
    for (; net->sent != producer; net->sent++)
        send_one(tx);
    if (producer == first)
        return;
    event = push_sent(tx, first);
    if (net->received != first_received)
        event |= push_received(first_received);
    if (event)
        guest_notify(net->back.port);
}
