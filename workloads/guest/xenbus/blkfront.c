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
static struct front front = {.kind = "vbd", .what = "disk"};
static bool persistent, flushes;
static int16_t asked[DISK_DEPTH_MAX]; /* the operation of each request in flight, by its id */
enum { NOTHING_ASKED = -1 };          /* as no operation is */
static grant_name ring_name;

static void share_ring(void)
{
    SHARED_RING_INIT(shared);
    FRONT_RING_INIT(&ring, shared, PAGE_SIZE);
    for (unsigned id = 0; id < DISK_DEPTH_MAX; id++)
        asked[id] = NOTHING_ASKED;
    ring_name = grant_page(front.domain, ring_page);
    store_write(front.path, "ring-ref", ring_name);
    store_write_text(front.path, "protocol", XEN_IO_PROTO_ABI_X86_64);
    store_write(front.path, "feature-persistent", 1);
}

static const char *blkfront_open(void)
{
    if (xen_no_devices())
        return xen_no_devices();
    const char *reason = front_open(&front);
    if (reason)
        return reason;
    share_ring();
    front_connect(&front, XenbusStateInitialised);
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
    request->id = ring.req_prod_pvt % DISK_DEPTH_MAX;
    asked[ring.req_prod_pvt % DISK_DEPTH_MAX] = operations[r->operation];
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

static void await_responses(void)
{
    RING_IDX producer;
    unsigned waits = 0;
    while ((producer = *(volatile RING_IDX *)&shared->rsp_prod) != ring.req_prod_pvt) {
        if (producer - ring.rsp_cons > ring.req_prod_pvt - ring.rsp_cons)
            guest_panic("the disk's back end answers %u of %u requests", producer - ring.rsp_cons,
                        ring.req_prod_pvt - ring.rsp_cons);
        port_wait_again(front.port, &waits, "the disk's back end");
    }
    xen_rmb();
}

/* Read once, and then believed in nothing but what was asked. */
static void take_response(const volatile struct blkif_response *response)
{
    const uint64_t id = response->id;
    const uint8_t operation = response->operation;
    const int16_t status = response->status;
    if (id >= DISK_DEPTH_MAX || asked[id] != operation)
        guest_panic("the disk's back end answers what was not asked: id %lu, operation %u", id, operation);
    if (status != BLKIF_RSP_OKAY)
        guest_panic("the disk failed: status %d", status);
    asked[id] = NOTHING_ASKED;
}

static unsigned blkfront_wait(void)
{
    unsigned done = 0;
    await_responses();
    for (; ring.rsp_cons != ring.req_prod_pvt; ring.rsp_cons++, done++)
        take_response(RING_GET_RESPONSE(&ring, ring.rsp_cons));
    if (!persistent)
        grants_end_lasting();
    return done;
}

DISK_DRIVER(blkfront, .init = xen_devices_init, .is_possible = xen_is_possible, .open = blkfront_open,
            .close = blkfront_close, .depth = DISK_DEPTH_MAX, .no_flush = blkfront_no_flush, .put = blkfront_put,
            .notify = blkfront_notify, .wait = blkfront_wait);
