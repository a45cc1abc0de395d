/* front.c: a front end of the disk, in steps. */
#include "front.h"

static uint8_t ring_page[PAGE_SIZE] __attribute__((aligned(4096)));
struct blkif_sring *const vbd_ring = (void *)ring_page;
uint8_t vbd_data[PAGE_SIZE] __attribute__((aligned(4096)));

static struct blkif_front_ring ring;
grant_name vbd_ring_grant;
evtchn_port_t vbd_port;

struct grant_entry_v1 *vbd_grants(void)
{
    return xen_map_grants();
}

evtchn_port_t vbd_new_port(void)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = 0};

    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), "alloc_unbound");
    port_mask(unbound.port);
    return unbound.port;
}

void vbd_offer(uint32_t grant, uint32_t port)
{
    store_write(FRONT, "state", XenbusStateInitialising);
    store_write(FRONT, "ring-ref", grant);
    store_write(FRONT, "event-channel", port);
    store_write(FRONT, "state", XenbusStateInitialised);
}

void vbd_connect(void)
{
    SHARED_RING_INIT(vbd_ring);
    FRONT_RING_INIT(&ring, vbd_ring, PAGE_SIZE);
    vbd_ring_grant = grant_page(0, ring_page);
    vbd_port = vbd_new_port();
    vbd_offer(vbd_ring_grant, vbd_port);
    if (store_number(BACK, "state", 0) != XenbusStateConnected)
        guest_panic("the back end does not connect");
}

struct blkif_request vbd_read(grant_ref_t grant)
{
    return (struct blkif_request){.operation = BLKIF_OP_READ, .nr_segments = 1, .id = 42, .seg = {{grant, 0, 7}}};
}

void vbd_put(const struct blkif_request *request)
{
    *RING_GET_REQUEST(&ring, ring.req_prod_pvt) = *request;
    ring.req_prod_pvt++;
}

int vbd_push(void)
{
    int wanted, status = NO_RESPONSE;

    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&ring, wanted);
    (void)wanted;
    port_send(vbd_port);
    for (; ring.rsp_cons != *(volatile RING_IDX *)&vbd_ring->rsp_prod; ring.rsp_cons++)
        status = RING_GET_RESPONSE(&ring, ring.rsp_cons)->status;
    return status;
}

const struct blkif_response *vbd_response(RING_IDX number)
{
    return RING_GET_RESPONSE(&ring, number);
}

int vbd_send(const struct blkif_request *request)
{
    vbd_put(request);
    return vbd_push();
}
