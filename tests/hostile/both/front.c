/* front.c: a front end of the disk, in steps. */
#include "front.h"

static uint8_t ring_page[PAGE_SIZE] __attribute__((aligned(4096)));
struct blkif_sring *const front_ring = (void *)ring_page;
uint8_t front_data[PAGE_SIZE] __attribute__((aligned(4096)));

static struct blkif_front_ring ring;
grant_name front_ring_grant;
evtchn_port_t front_port;

struct grant_entry_v1 *front_grants(void)
{
    return xen_map_grants();
}

evtchn_port_t front_new_port(void)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = 0};

    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), "alloc_unbound");
    port_mask(unbound.port);
    return unbound.port;
}

void front_offer(uint32_t grant, uint32_t port)
{
    store_write(FRONT, "state", XenbusStateInitialising);
    store_write(FRONT, "ring-ref", grant);
    store_write(FRONT, "event-channel", port);
    store_write(FRONT, "state", XenbusStateInitialised);
}

void front_connect(void)
{
    SHARED_RING_INIT(front_ring);
    FRONT_RING_INIT(&ring, front_ring, PAGE_SIZE);
    front_ring_grant = grant_page(0, ring_page);
    front_port = front_new_port();
    front_offer(front_ring_grant, front_port);
    if (store_number(BACK, "state", 0) != XenbusStateConnected)
        guest_panic("the back end does not connect");
}

struct blkif_request front_read(grant_ref_t grant)
{
    return (struct blkif_request){.operation = BLKIF_OP_READ, .nr_segments = 1, .id = 42, .seg = {{grant, 0, 7}}};
}

void front_put(const struct blkif_request *request)
{
    *RING_GET_REQUEST(&ring, ring.req_prod_pvt) = *request;
    ring.req_prod_pvt++;
}

int front_push(void)
{
    int wanted, status = NO_RESPONSE;

    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&ring, wanted);
    (void)wanted;
    port_send(front_port);
    for (; ring.rsp_cons != *(volatile RING_IDX *)&front_ring->rsp_prod; ring.rsp_cons++)
        status = RING_GET_RESPONSE(&ring, ring.rsp_cons)->status;
    return status;
}

const struct blkif_response *front_response(RING_IDX number)
{
    return RING_GET_RESPONSE(&ring, number);
}

int front_send(const struct blkif_request *request)
{
    front_put(request);
    return front_push();
}
