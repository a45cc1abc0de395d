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
static struct front front = {.kind = "vif", .what = "network card"};
static grant_name tx_name, rx_name;
static void *slot[SLOTS];
static uint16_t used[GIVE_BACK]; /* slots that the guest has done with */
static unsigned used_count;
static bool has_last;      /* the slot of the frame that the guest was handed last is not among them yet */
static uint16_t last_slot; /* that one */
static unsigned reaped;    /* frames that are sent and that nobody has asked for */

/* What the back end can answer: its own words on it stand in pages that it can change. */
static uint32_t tx_free;     /* ids that are not in flight, as bits */
static RING_IDX tx_told;     /* requests that it knows of */
static uint64_t rx_offered;  /* slots that it may fill, as bits */
static RING_IDX rx_producer; /* of what came, when it was looked at last */
_Static_assert(NET_DEPTH_MAX == 8 * sizeof(tx_free) && SLOTS == 8 * sizeof(rx_offered), "a bit each");

/* --- what is sent -------------------------------------------------------------- */

static void no_event_of_sent(void)
{
    tx_shared->rsp_event = tx.rsp_cons + (1u << 30);
}

/* Read once. Answers come in any order. */
static void take_sent(const volatile struct netif_tx_response *response)
{
    const uint16_t id = response->id;
    const int16_t status = response->status;
    if (id >= NET_DEPTH_MAX || tx_free >> id & 1)
        guest_panic("the network's back end answers frame %u, which was not put", id);
    if (status != NETIF_RSP_OKAY)
        guest_panic("the network's back end did not send a frame: status %d", status);
    tx_free |= 1u << id;
}

static void reap(void)
{
    const RING_IDX producer = *(volatile RING_IDX *)&tx_shared->rsp_prod;
    xen_rmb();
    if (producer - tx.rsp_cons > tx_told - tx.rsp_cons)
        guest_panic("the network's back end answers %u of %u frames", producer - tx.rsp_cons, tx_told - tx.rsp_cons);
    for (; tx.rsp_cons != producer; tx.rsp_cons++, reaped++)
        take_sent(RING_GET_RESPONSE(&tx, tx.rsp_cons));
}

/* All that the back end knows of. */
static void await_sent(void)
{
    unsigned waits = 0;
    reap();
    while (tx.rsp_cons != tx_told) {
        tx_shared->rsp_event = tx_told;
        xen_mb();
        reap();
        if (tx.rsp_cons != tx_told)
            port_wait_again(front.port, &waits, "the network's back end");
    }
    no_event_of_sent();
}

static void netfront_notify(void)
{
    int wanted;
    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&tx, wanted);
    tx_told = tx.req_prod_pvt;
    front_tell(&front, wanted);
}

static void netfront_put(const void *frame, unsigned size)
{
    if (!tx_free)
        reap();
    if (!tx_free) {
        netfront_notify();
        await_sent();
    }
    const unsigned id = (unsigned)__builtin_ctz(tx_free);
    struct netif_tx_request *request = RING_GET_REQUEST(&tx, tx.req_prod_pvt);
    *request = (struct netif_tx_request){
        .gref = grant_lasting(front.domain, frame),
        .offset = (uint16_t)((uintptr_t)frame % PAGE_SIZE),
        .id = (uint16_t)id,
        .size = (uint16_t)size,
    };
    tx_free &= tx_free - 1;
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
    rx_offered |= 1ul << id;
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
    rx_producer = *(volatile RING_IDX *)&rx_shared->rsp_prod;
    if (rx_producer - rx.rsp_cons > rx.req_prod_pvt - rx.rsp_cons)
        guest_panic("the network's back end fills %u of %u pages", rx_producer - rx.rsp_cons,
                    rx.req_prod_pvt - rx.rsp_cons);
    return rx_producer == rx.rsp_cons;
}

static void await_frame(void)
{
    unsigned waits = 0;
    while (nothing_came()) {
        rx_shared->rsp_event = rx.rsp_cons + 1;
        xen_mb();
        if (nothing_came())
            port_wait_again(front.port, &waits, "the network's back end");
    }
    xen_rmb();
}

/* Check sums may be known to be good. All else that flags can say was never agreed upon. */
static bool is_good(const struct netif_rx_response *r)
{
    return r->id < SLOTS && rx_offered >> r->id & 1 && r->status > 0 && r->offset + (unsigned)r->status <= PAGE_SIZE &&
           !(r->flags & ~NETRXF_data_validated);
}

static unsigned netfront_receive(const void **frame)
{
    if (has_last)
        give_back(last_slot);
    if (rx_producer == rx.rsp_cons)
        await_frame();
    const struct netif_rx_response response = *(volatile struct netif_rx_response *)RING_GET_RESPONSE(&rx, rx.rsp_cons);
    rx.rsp_cons++;
    if (!is_good(&response))
        guest_panic("the network's back end gives slot %u, offset %u, status %d, flags 0x%x", response.id,
                    response.offset, response.status, response.flags);
    rx_offered &= ~(1ul << response.id);
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
    tx_free = ~0u;
    tx_told = rx_producer = 0;
    rx_offered = 0;
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
    const char *reason = front_open(&front);
    if (reason)
        return reason;
    share_rings();
    tell_rings();
    front_connect(&front, XenbusStateConnected);
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

NET_DRIVER(netfront, .init = xen_devices_init, .is_possible = xen_is_possible, .open = netfront_open,
           .close = netfront_close, .put = netfront_put, .notify = netfront_notify, .sent = netfront_sent,
           .receive = netfront_receive);
