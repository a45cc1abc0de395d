/* Frames that cannot be sent, pages that cannot be filled, and rings and states of the network card that are not those
 * of a front end. */
#include "../hostile.h"
#include "xenbus/xenbus.h"

#define xen_mb()  asm volatile("" : : : "memory")
#define xen_rmb() xen_mb()
#define xen_wmb() xen_mb()
#include <xen/io/netif.h>
#include <xen/io/xenbus.h>

#define VIF_FRONT "device/vif/0"
#define VIF_BACK  "/local/domain/0/backend/vif/1/0"

enum { NO_RESPONSE = 99, SLOTS = 40 };

static uint8_t tx_page[PAGE_SIZE] __attribute__((aligned(4096))), rx_page[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t frame[PAGE_SIZE] __attribute__((aligned(4096))), filled[PAGE_SIZE] __attribute__((aligned(4096)));
static struct netif_tx_sring *const tx_shared = (void *)tx_page;
static struct netif_rx_sring *const rx_shared = (void *)rx_page;
static struct netif_tx_front_ring tx;
static struct netif_rx_front_ring rx;
static grant_name tx_grant, rx_grant, frame_grant, filled_grant;
static evtchn_port_t port;

static evtchn_port_t new_port(void)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = 0};

    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), "alloc_unbound");
    port_mask(unbound.port);
    return unbound.port;
}

static void offer(uint32_t send, uint32_t receive, uint32_t channel, uint32_t copy)
{
    store_write(VIF_FRONT, "state", XenbusStateInitialising);
    store_write(VIF_FRONT, "tx-ring-ref", send);
    store_write(VIF_FRONT, "rx-ring-ref", receive);
    store_write(VIF_FRONT, "event-channel", channel);
    store_write(VIF_FRONT, "request-rx-copy", copy);
    store_write(VIF_FRONT, "state", XenbusStateConnected);
}

static uint64_t state(void)
{
    return store_number(VIF_BACK, "state", 0);
}

static void connect(void)
{
    SHARED_RING_INIT(tx_shared);
    FRONT_RING_INIT(&tx, tx_shared, PAGE_SIZE);
    SHARED_RING_INIT(rx_shared);
    FRONT_RING_INIT(&rx, rx_shared, PAGE_SIZE);
    tx_grant = grant_page(0, tx_page);
    rx_grant = grant_page(0, rx_page);
    frame_grant = grant_page(0, frame);
    filled_grant = grant_page(0, filled);
    port = new_port();
    offer(tx_grant, rx_grant, port, 1);
    if (state() != XenbusStateConnected)
        guest_panic("the back end does not connect");
}

/* Asks the station for frames. */
static struct netif_tx_request order(unsigned count, unsigned size)
{
    guest_net_fill(frame, PVB_NET_SEND, count, size);
    return (struct netif_tx_request){.gref = frame_grant, .id = 7, .size = PVB_NET_FRAME_MIN};
}

static int send(const struct netif_tx_request *request)
{
    int status = NO_RESPONSE;

    *RING_GET_REQUEST(&tx, tx.req_prod_pvt) = *request;
    tx.req_prod_pvt++;
    RING_PUSH_REQUESTS(&tx);
    port_send(port);
    for (; tx.rsp_cons != *(volatile RING_IDX *)&tx_shared->rsp_prod; tx.rsp_cons++)
        status = RING_GET_RESPONSE(&tx, tx.rsp_cons)->status;
    return status;
}

static void give(grant_ref_t grant, unsigned count)
{
    for (unsigned i = 0; i < count; i++, rx.req_prod_pvt++)
        *RING_GET_REQUEST(&rx, rx.req_prod_pvt) =
            (struct netif_rx_request){.id = (uint16_t)rx.req_prod_pvt, .gref = grant};
    RING_PUSH_REQUESTS(&rx);
}

static unsigned received(void)
{
    return *(volatile RING_IDX *)&rx_shared->rsp_prod;
}

static void wild_frames(void)
{
    static const struct {
        uint16_t offset, size;
    } wild[] = {{0, 0},     {0, 13},     {0, 1515},    {0, 65535},    {4095, 14},
                {4096, 60}, {65535, 60}, {2583, 1514}, {65535, 65535}};
    unsigned sent = 0;

    connect();
    struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        request.offset = wild[i].offset;
        request.size = wild[i].size;
        sent += send(&request) != NETIF_RSP_ERROR;
    }
    request = order(1, PVB_NET_FRAME_MIN);
    survived("%u sent, then %d", sent, send(&request));
}
HOSTILE(vif_wild_frames, wild_frames);

/* Each piece by itself would ask for a frame; so does what follows. */
static void pieces(void)
{
    static const uint16_t flags[] = {NETTXF_more_data, NETTXF_extra_info, NETTXF_more_data | NETTXF_extra_info};
    int first = 0, last = 0, next = 0;

    connect();
    give(filled_grant, SLOTS);
    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
        request.flags = flags[i];
        first += send(&request);
        request.flags = 0;
        last += send(&request);
        next += send(&request);
    }
    survived("%d %d %d, %u came", first, last, next, received());
}
HOSTILE(vif_pieces, pieces);

/* What is left in the middle is forgotten when both ends begin anew. */
static void piece_left(void)
{
    connect();
    struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    request.flags = NETTXF_more_data;
    const int piece = send(&request);
    connect();
    request = order(1, PVB_NET_FRAME_MIN);
    survived("%d, then %d", piece, send(&request));
}
HOSTILE(vif_piece_left, piece_left);

static void wild_grants(void)
{
    static const grant_ref_t wild[] = {0, 511, 512, 2047, 2048, 1 << 16, 1u << 31, ~0u};
    unsigned sent = 0;

    connect();
    struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        request.gref = wild[i];
        sent += send(&request) != NETIF_RSP_ERROR;
    }
    survived("%u sent", sent);
}
HOSTILE(vif_wild_grants, wild_grants);

/* What the station makes of orders that are none. */
static void wild_orders(void)
{
    static const uint16_t wild[][2] = {{33, 60}, {255, 60}, {1, 59}, {1, 1515}, {1, 65535}, {1, 0}, {0, 60}};

    connect();
    give(filled_grant, SLOTS);
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        const struct netif_tx_request request = order(wild[i][0], wild[i][1]);
        send(&request);
    }
    survived("%u came", received());
}
HOSTILE(vif_wild_orders, wild_orders);

/* Pages that are not to be filled: the frame is lost, the page says so. */
static void wild_pages(void)
{
    static const grant_ref_t wild[] = {0, 511, 512, ~0u};
    int worst = -100;

    connect();
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++)
        give(wild[i], 1);
    const struct netif_tx_request request = order(4, PVB_NET_FRAME_MAX);
    const int sent = send(&request);
    for (unsigned i = 0; i < received(); i++)
        worst = RING_GET_RESPONSE(&rx, i)->status > worst ? RING_GET_RESPONSE(&rx, i)->status : worst;
    survived("%d, %u came, %d", sent, received(), worst);
}
HOSTILE(vif_wild_pages, wild_pages);

static void read_only(grant_name name)
{
    xen_map_grants()[name].flags = GTF_permit_access | GTF_readonly;
}

/* A frame may be sent from there; nothing may be written there, neither by rings nor by frames. */
static void to_be_read_only(void)
{
    connect();
    read_only(frame_grant);
    read_only(filled_grant);
    give(filled_grant, 1);
    const struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    const int sent = send(&request), came = RING_GET_RESPONSE(&rx, 0)->status;
    read_only(rx_grant);
    offer(tx_grant, rx_grant, port, 1);
    survived("%d, %d in %u, state %lu", sent, came, filled[15], state());
}
HOSTILE(vif_read_only, to_be_read_only);

static void ring_made_read_only(void)
{
    connect();
    const struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    read_only(rx_grant);
    survived("%d", send(&request));
}
HOSTILE(vif_ring_made_read_only, ring_made_read_only);

/* Frames that nobody has, that are the hypervisor's own, and around the end of what a number can say. */
static void foreign_frames(void)
{
    static const uint32_t frames[] = {0x100, 0xb8, 0xfee00, 0xfe701, 0xfe7ff, 0x40000, 0x100000, 0x10000000, ~0u};
    const unsigned from = mode_name()[0] == 'p' ? 0 : 3; /* the first ones are good numbers in HVM */
    unsigned sent = 0, came = 0;

    connect();
    const grant_name name = grant_page(0, filled);
    for (unsigned i = from; i < sizeof(frames) / sizeof(frames[0]); i++) {
        struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
        xen_map_grants()[name].frame = frames[i];
        give(name, 1);
        send(&request);
        came += RING_GET_RESPONSE(&rx, received() - 1)->status != NETIF_RSP_ERROR;
        request.gref = name;
        sent += send(&request) != NETIF_RSP_ERROR;
    }
    survived("%u sent, %u came", sent, came);
}
HOSTILE(vif_foreign_frames, foreign_frames);

static void no_pages(void)
{
    connect();
    give(filled_grant, 3);
    const struct netif_tx_request request = order(32, PVB_NET_FRAME_MAX);
    const int sent = send(&request);
    survived("%d, %u came", sent, received());
}
HOSTILE(vif_no_pages, no_pages);

static void send_overrun(void)
{
    connect();
    tx_shared->req_prod = 257;
    port_send(port);
    survived("257 frames in a ring of 256");
}
HOSTILE(vif_send_overrun, send_overrun);

static void send_behind(void)
{
    connect();
    tx_shared->req_prod = ~0u;
    port_send(port);
    survived("a producer behind the consumer");
}
HOSTILE(vif_send_behind, send_behind);

static void receive_overrun(void)
{
    connect();
    rx_shared->req_prod = 257;
    const struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    survived("%d", send(&request));
}
HOSTILE(vif_receive_overrun, receive_overrun);

static void send_revoked(void)
{
    connect();
    const struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    grant_end(tx_grant);
    survived("%d", send(&request));
}
HOSTILE(vif_send_revoked, send_revoked);

static void receive_revoked(void)
{
    connect();
    give(filled_grant, 1);
    const struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    grant_end(rx_grant);
    survived("%d", send(&request));
}
HOSTILE(vif_receive_revoked, receive_revoked);

/* The frame that asks is itself the page that is filled: what was asked is what is answered. */
static void fill_the_order(void)
{
    connect();
    give(frame_grant, 4);
    const struct netif_tx_request request = order(4, PVB_NET_FRAME_MAX);
    const int sent = send(&request);
    survived("%d, %u came, number %u", sent, received(), frame[15]);
}
HOSTILE(vif_fill_the_order, fill_the_order);

/* The ring of requests is a page that is filled: it is no ring then. */
static void fill_the_ring(void)
{
    connect();
    give(tx_grant, 2);
    const struct netif_tx_request request = order(2, PVB_NET_FRAME_MAX);
    send(&request);
    survived("%u came", received());
}
HOSTILE(vif_fill_the_ring, fill_the_ring);

static void wild_offers(void)
{
    unsigned taken = 0;

    connect();
    const uint32_t wild[][4] = {{511, rx_grant, port, 1},     {tx_grant, 512, port, 1},    {tx_grant, rx_grant, 0, 1},
                                {tx_grant, rx_grant, 1, 1},   {tx_grant, rx_grant, 63, 1}, {tx_grant, rx_grant, ~0u, 1},
                                {tx_grant, rx_grant, port, 0}};
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        offer(wild[i][0], wild[i][1], wild[i][2], wild[i][3]);
        taken += state() != XenbusStateClosing;
    }
    offer(tx_grant, rx_grant, port, 1);
    survived("%u taken, then %lu", taken, state());
}
HOSTILE(vif_wild_offers, wild_offers);

/* Neither what the store says later nor what the port becomes matters to rings that are connected. */
static void changed_while_connected(void)
{
    struct evtchn_close close;

    connect();
    const struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    store_write(VIF_FRONT, "tx-ring-ref", 511);
    store_write(VIF_FRONT, "rx-ring-ref", 511);
    store_write(VIF_FRONT, "event-channel", 63);
    store_write(VIF_FRONT, "request-rx-copy", 0);
    store_write(VIF_FRONT, "state", XenbusStateConnected);
    const int before = send(&request);
    close.port = port;
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), "close");
    port = new_port();
    survived("%d, with the same number again %d", before, send(&request));
}
HOSTILE(vif_changed_while_connected, changed_while_connected);

/* Requests to send are pages to be filled, and what was answered is overwritten: only this guest is worse for it. */
static void one_ring_for_both(void)
{
    connect();
    offer(tx_grant, tx_grant, port, 1);
    const uint64_t taken = state();
    const struct netif_tx_request request = order(4, PVB_NET_FRAME_MIN);
    send(&request);
    survived("state %lu, then %lu", taken, state());
}
HOSTILE(vif_one_ring_for_both, one_ring_for_both);

static void frame_when_closed(void)
{
    connect();
    const struct netif_tx_request request = order(1, PVB_NET_FRAME_MIN);
    store_write(VIF_FRONT, "state", XenbusStateClosed);
    survived("%d", send(&request));
}
HOSTILE(vif_frame_when_closed, frame_when_closed);
