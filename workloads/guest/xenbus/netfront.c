/*
 * netfront.c: the driver of Xen's paravirtual network card (xen/io/netif.h, xen/io/ring.h): a ring of frames to be
 * sent, a ring of pages into which the back end copies what comes, one event channel for both.
 *
 * An event is asked for by whoever is about to sleep and by nobody else: frames that are sent make none until somebody
 * waits for them, and what comes makes one when there was nothing.
 */
#include "../net.h"
#include "front.h"

#include <xen/io/netif.h>

enum { SLOTS = 64, GIVE_BACK = 16 }; /* pages for what comes; so many used ones are given back at once */

/* Each ring is a whole page; the structure ends behind its first entry. */
static uint8_t tx_page[PAGE_SIZE] __attribute__((aligned(4096))), rx_page[PAGE_SIZE] __attribute__((aligned(4096)));
static struct netif_tx_sring *const tx_shared = (void *)tx_page;
static struct netif_rx_sring *const rx_shared = (void *)rx_page;

static struct netif_tx_front_ring tx;
static struct netif_rx_front_ring rx;
static struct front front;
static grant_name tx_name, rx_name;
static void *slot[SLOTS];
static uint16_t used[GIVE_BACK]; /* slots that the guest has done with */
static unsigned used_count;
static bool has_last;      /* the slot of the frame that the guest was handed last is not among them yet */
static uint16_t last_slot; /* that one */
static unsigned reaped;    /* frames that are sent and that nobody has asked for */

/* --- what is sent -------------------------------------------------------------- */

static void no_event_of_sent(void)
{
    tx_shared->rsp_event = tx.rsp_cons + (1u << 30);
}

static void reap(void)
{
    const RING_IDX producer = *(volatile RING_IDX *)&tx_shared->rsp_prod;
    xen_rmb();
    if (producer - tx.rsp_cons > tx.req_prod_pvt - tx.rsp_cons)
        guest_panic("the network's back end answers %u of %u frames", producer - tx.rsp_cons,
                    tx.req_prod_pvt - tx.rsp_cons);
    for (; tx.rsp_cons != producer; tx.rsp_cons++, reaped++) {
        const struct netif_tx_response *response = RING_GET_RESPONSE(&tx, tx.rsp_cons);
        if (response->status != NETIF_RSP_OKAY)
            guest_panic("the network's back end did not send a frame: status %d", response->status);
    }
}

/* All that the back end knows of. */
static void await_sent(void)
{
    reap();
    while (tx.rsp_cons != tx_shared->req_prod) {
        tx_shared->rsp_event = tx_shared->req_prod;
        xen_mb();
        reap();
        if (tx.rsp_cons != tx_shared->req_prod)
            port_wait(front.port);
    }
    no_event_of_sent();
}

static void netfront_notify(void)
{
    int wanted;
    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&tx, wanted);
    front_tell(&front, wanted);
}

static void netfront_put(const void *frame, unsigned size)
{
    if (tx.req_prod_pvt - tx.rsp_cons >= NET_DEPTH_MAX)
        reap();
    if (tx.req_prod_pvt - tx.rsp_cons >= NET_DEPTH_MAX) {
        netfront_notify();
        await_sent();
    }
    struct netif_tx_request *request = RING_GET_REQUEST(&tx, tx.req_prod_pvt);
    *request = (struct netif_tx_request){
        .gref = grant_lasting(front.domain, frame),
        .offset = (uint16_t)((uintptr_t)frame % PAGE_SIZE),
        .id = (uint16_t)tx.req_prod_pvt,
        .size = (uint16_t)size,
    };
    tx.req_prod_pvt++;
}

static unsigned netfront_sent(void)
{
    if (!reaped)
        await_sent();
    const unsigned n = reaped;
    reaped = 0;
    return n;
}

/* --- what comes ------------------------------------------------------------------ */

static void offer(uint16_t id)
{
    struct netif_rx_request *request = RING_GET_REQUEST(&rx, rx.req_prod_pvt);
    *request = (struct netif_rx_request){.id = id, .gref = grant_lasting(front.domain, slot[id])};
    rx.req_prod_pvt++;
}

static void push_offers(void)
{
    int wanted;
    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&rx, wanted);
    front_tell(&front, wanted);
}

static void give_back(uint16_t id)
{
    used[used_count++] = id;
    if (used_count < GIVE_BACK)
        return;
    while (used_count)
        offer(used[--used_count]);
    push_offers();
}

static bool nothing_came(void)
{
    return *(volatile RING_IDX *)&rx_shared->rsp_prod == rx.rsp_cons;
}

static void await_frame(void)
{
    while (nothing_came()) {
        rx_shared->rsp_event = rx.rsp_cons + 1;
        xen_mb();
        if (nothing_came())
            port_wait(front.port);
    }
    xen_rmb();
}

static unsigned netfront_receive(const void **frame)
{
    if (has_last)
        give_back(last_slot);
    await_frame();
    const struct netif_rx_response response = *(volatile struct netif_rx_response *)RING_GET_RESPONSE(&rx, rx.rsp_cons);
    rx.rsp_cons++;
    if (response.id >= SLOTS || response.status <= 0 || response.offset + (unsigned)response.status > PAGE_SIZE ||
        response.flags & (NETRXF_more_data | NETRXF_extra_info))
        guest_panic("the network's back end gives slot %u, offset %u, status %d, flags 0x%x", response.id,
                    response.offset, response.status, response.flags);
    last_slot = response.id;
    has_last = true;
    *frame = (const uint8_t *)slot[last_slot] + response.offset;
    return (unsigned)response.status;
}

/* --- the whole --------------------------------------------------------------------- */

static void share_rings(void)
{
    SHARED_RING_INIT(tx_shared);
    FRONT_RING_INIT(&tx, tx_shared, PAGE_SIZE);
    SHARED_RING_INIT(rx_shared);
    FRONT_RING_INIT(&rx, rx_shared, PAGE_SIZE);
    no_event_of_sent();
    used_count = reaped = 0;
    has_last = false;
    tx_name = grant_page(front.domain, tx_page);
    rx_name = grant_page(front.domain, rx_page);
    for (unsigned id = 0; id < SLOTS; id++) {
        slot[id] = guest_page();
        offer((uint16_t)id);
    }
    RING_PUSH_REQUESTS(&rx);
}

static void tell_rings(void)
{
    store_write(front.path, "tx-ring-ref", tx_name);
    store_write(front.path, "rx-ring-ref", rx_name);
    store_write(front.path, "request-rx-copy", 1);
    store_write(front.path, "feature-rx-notify", 1);
    store_write(front.path, "feature-no-csum-offload", 1);
}

static const char *netfront_open(void)
{
    if (xen_no_devices())
        return xen_no_devices();
    if (!front_find(&front, "vif"))
        return "no network card of Xen's kind was found";
    front_begin(&front);
    share_rings();
    tell_rings();
    if (!front_connect(&front, XenbusStateConnected))
        guest_panic("the network's back end does not take the rings");
    return NULL;
}

static void netfront_close(void)
{
    front_close(&front);
    grants_end_lasting();
    grant_end(tx_name);
    grant_end(rx_name);
    for (unsigned id = SLOTS; id--;)
        guest_page_free(slot[id]);
}

NET_DRIVER(netfront, .init = xen_devices_init, .open = netfront_open, .close = netfront_close, .put = netfront_put,
           .notify = netfront_notify, .sent = netfront_sent, .receive = netfront_receive);
