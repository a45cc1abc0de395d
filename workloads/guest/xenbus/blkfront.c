/*
 * blkfront.c: the driver of Xen's paravirtual disk (xen/io/blkif.h, xen/io/xenbus.h, xen/io/ring.h).
 *
 * Grants are persistent where the back end keeps them mapped: a page is granted when it is first put, and stays
 * so until the disk is closed. A batch is told of once, and its last response alone makes an event.
 */
#include "../disk.h"
#include "front.h"

#include <xen/io/blkif.h>
#include <xen/io/protocols.h>

enum { SECTOR = 512, SECTORS = PAGE_SIZE / SECTOR };

/* The ring is the whole page; the structure ends behind its first entry. */
static uint8_t ring_page[PAGE_SIZE] __attribute__((aligned(4096)));
static struct blkif_sring *const shared = (void *)ring_page;

static struct blkif_front_ring ring;
static struct front front;
static bool persistent, flushes;
static grant_name ring_name;

static void share_ring(void)
{
    SHARED_RING_INIT(shared);
    FRONT_RING_INIT(&ring, shared, PAGE_SIZE);
    ring_name = grant_page(front.domain, ring_page);
    store_write(front.path, "ring-ref", ring_name);
    store_write_text(front.path, "protocol", XEN_IO_PROTO_ABI_X86_64);
    store_write(front.path, "feature-persistent", 1);
}

static const char *blkfront_open(void)
{
    if (xen_no_devices())
        return xen_no_devices();
    if (!front_find(&front, "vbd"))
        return "no disk of Xen's kind was found";
    front_begin(&front);
    share_ring();
    if (!front_connect(&front, XenbusStateInitialised))
        guest_panic("the disk's back end does not take the ring");
    persistent = store_number(front.back, "feature-persistent", 0);
    flushes = store_number(front.back, "feature-flush-cache", 0);
    store_write(front.path, "state", XenbusStateConnected);
    return NULL;
}

static void blkfront_close(void)
{
    front_close(&front);
    grants_end_lasting();
    grant_end(ring_name);
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
        request->seg[i] = (struct blkif_request_segment){grant_lasting(front.domain, r->page[i]), 0, SECTORS - 1};
    ring.req_prod_pvt++;
}

static void blkfront_notify(void)
{
    int wanted;
    shared->rsp_event = ring.req_prod_pvt;
    port_clear(front.port);
    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&ring, wanted);
    front_tell(&front, wanted);
}

static unsigned blkfront_wait(void)
{
    unsigned done = 0;
    while (*(volatile RING_IDX *)&shared->rsp_prod != ring.req_prod_pvt)
        port_wait(front.port);
    xen_rmb();
    for (; ring.rsp_cons != ring.req_prod_pvt; ring.rsp_cons++, done++) {
        const struct blkif_response *response = RING_GET_RESPONSE(&ring, ring.rsp_cons);
        if (response->status != BLKIF_RSP_OKAY)
            guest_panic("the disk failed: status %d", response->status);
    }
    if (!persistent)
        grants_end_lasting();
    return done;
}

DISK_DRIVER(blkfront, .init = xen_devices_init, .open = blkfront_open, .close = blkfront_close, .depth = DISK_DEPTH_MAX,
            .no_flush = blkfront_no_flush, .put = blkfront_put, .notify = blkfront_notify, .wait = blkfront_wait);
