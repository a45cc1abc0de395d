/*
 * blkfront.c: the driver of Xen's paravirtual disk (xen/io/blkif.h, xen/io/xenbus.h, xen/io/ring.h).
 *
 * Grants are persistent where the back end keeps them mapped: a page is granted when it is first put, and stays
 * so until the disk is closed. A batch is told of once, and its last response alone makes an event.
 */
#include "../disk.h"
#include "xenbus.h"

#define xen_mb()  asm volatile("mfence" : : : "memory")
#define xen_rmb() asm volatile("" : : : "memory")
#define xen_wmb() asm volatile("" : : : "memory")
#include <xen/io/blkif.h>
#include <xen/io/protocols.h>
#include <xen/io/xenbus.h>

enum { SECTOR = 512, SECTORS = PAGE_SIZE / SECTOR, FRAMES = (64ul << 20) / PAGE_SIZE };

/* The ring is the whole page; the structure ends behind its first entry. */
static uint8_t ring_page[PAGE_SIZE] __attribute__((aligned(4096)));
static struct blkif_sring *const shared = (void *)ring_page;

static struct blkif_front_ring ring;
static char front[STORE_VALUE], back[STORE_VALUE];
static uint16_t domain;
static bool persistent, flushes;
static grant_name ring_name;
static evtchn_port_t port;

/* The grants that last, by the page; 0: none. */
static grant_name name_of[FRAMES];
static const void *granted[GNTTAB_NR_RESERVED_ENTRIES + 512];
static unsigned grants;

static grant_name grant_of(const void *page)
{
    grant_name *name = &name_of[(uintptr_t)page / PAGE_SIZE];
    if (!*name) {
        *name = grant_page(domain, page);
        granted[grants++] = page;
    }
    return *name;
}

static void end_grants(void)
{
    while (grants) {
        grant_name *name = &name_of[(uintptr_t)granted[--grants] / PAGE_SIZE];
        grant_end(*name);
        *name = 0;
    }
}

static bool find(void)
{
    char id[STORE_VALUE], path[STORE_VALUE];
    if (!store_first("device/vbd", id))
        return false;
    format_text(front, sizeof(front), "device/vbd/%s", id);
    format_text(path, sizeof(path), "%s/backend", front);
    domain = (uint16_t)store_number(front, "backend-id", 0);
    return store_read(path, back);
}

static void open_port(void)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = domain};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), "EVTCHNOP_alloc_unbound");
    port = unbound.port;
    port_mask(port);
    port_clear(port);
}

static void close_port(void)
{
    struct evtchn_close close = {.port = port};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), "EVTCHNOP_close");
}

static void share_ring(void)
{
    SHARED_RING_INIT(shared);
    FRONT_RING_INIT(&ring, shared, PAGE_SIZE);
    ring_name = grant_page(domain, ring_page);
    open_port();
    store_write(front, "ring-ref", ring_name);
    store_write(front, "event-channel", port);
    store_write_text(front, "protocol", XEN_IO_PROTO_ABI_X86_64);
    store_write(front, "feature-persistent", 1);
    store_write(front, "state", XenbusStateInitialised);
}

static const char *blkfront_open(void)
{
    if (xen_no_devices())
        return xen_no_devices();
    if (!find())
        return "no disk of Xen's kind was found";
    if (store_number(front, "state", 0) != XenbusStateInitialising)
        store_write(front, "state", XenbusStateInitialising);
    store_await(back, "state", XenbusStateInitWait, XenbusStateInitWait);
    share_ring();
    if (store_await(back, "state", XenbusStateConnected, XenbusStateClosing) != XenbusStateConnected)
        guest_panic("the disk's back end does not take the ring");
    persistent = store_number(back, "feature-persistent", 0);
    flushes = store_number(back, "feature-flush-cache", 0);
    store_write(front, "state", XenbusStateConnected);
    return NULL;
}

static void blkfront_close(void)
{
    store_write(front, "state", XenbusStateClosing);
    store_await(back, "state", XenbusStateClosing, XenbusStateClosed);
    store_write(front, "state", XenbusStateClosed);
    store_await(back, "state", XenbusStateClosed, XenbusStateClosed);
    end_grants();
    grant_end(ring_name);
    close_port();
}

static const char *blkfront_no_flush(void)
{
    return flushes ? NULL : "the disk's back end has nothing to flush";
}

static void blkfront_put(const struct disk_request *r)
{
    static const uint8_t operations[] = {
        [DISK_READ] = BLKIF_OP_READ, [DISK_WRITE] = BLKIF_OP_WRITE, [DISK_FLUSH] = BLKIF_OP_FLUSH_DISKCACHE};
    struct blkif_request *request = RING_GET_REQUEST(&ring, ring.req_prod_pvt);
    request->operation = operations[r->operation];
    request->nr_segments = (uint8_t)r->pages;
    request->handle = 0;
    request->id = ring.req_prod_pvt;
    request->sector_number = r->at * SECTORS;
    for (unsigned i = 0; i < r->pages; i++)
        request->seg[i] = (struct blkif_request_segment){grant_of(r->page[i]), 0, SECTORS - 1};
    ring.req_prod_pvt++;
}

static void blkfront_notify(void)
{
    int wanted;
    shared->rsp_event = ring.req_prod_pvt;
    port_clear(port);
    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&ring, wanted);
    if (wanted)
        port_send(port);
}

static unsigned blkfront_wait(void)
{
    unsigned done = 0;
    while (*(volatile RING_IDX *)&shared->rsp_prod != ring.req_prod_pvt)
        port_wait(port);
    xen_rmb();
    for (; ring.rsp_cons != ring.req_prod_pvt; ring.rsp_cons++, done++) {
        const struct blkif_response *response = RING_GET_RESPONSE(&ring, ring.rsp_cons);
        if (response->status != BLKIF_RSP_OKAY)
            guest_panic("the disk failed: status %d", response->status);
    }
    if (!persistent)
        end_grants();
    return done;
}

DISK_DRIVER(blkfront, .init = xen_devices_init, .open = blkfront_open, .close = blkfront_close, .depth = DISK_DEPTH_MAX,
            .no_flush = blkfront_no_flush, .put = blkfront_put, .notify = blkfront_notify, .wait = blkfront_wait);
