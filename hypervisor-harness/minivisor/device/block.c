/*
 * block.c: the back end of Xen's block protocol (xen/io/blkif.h): its ring.
 *
 * The guest's event is served before its hypercall returns, so that whoever
 * sends it finds the responses, and need not wait. Grants are persistent in
 * name only: the hypervisor sees all memory, and looks each one up.
 */
#include "back.h"
#include "device.h"
#include "disk.h"
#include "guest.h"
#include "memory.h"

#define xen_mb()  __asm__ volatile("" : : : "memory")
#define xen_rmb() xen_mb()
#define xen_wmb() xen_mb()
#include <xen/io/blkif.h>

#define SECTOR       512u
#define SECTORS      (PAGE_SIZE / SECTOR) /* of a page */
#define DISK_SECTORS (DISK_SIZE / SECTOR)
#define RING_ENTRIES __CONST_RING_SIZE(blkif, PAGE_SIZE)

static bool connect(void)
{
    struct block *block = &guest.devices.block;

    block->ring_grant = store_number(VBD_FRONT_RING_REF);
    block->done = 0;
    return granted_memory(block->ring_grant, true);
}

static const struct back_kind kind = {
    .front_state = VBD_FRONT_STATE,
    .event_channel = VBD_FRONT_EVENT_CHANNEL,
    .back_state = VBD_BACK_STATE,
    .connect = connect,
};

void block_init(void)
{
    back_init(&guest.devices.block.back, &kind);
}

void block_front_changed(void)
{
    back_front_changed(&guest.devices.block.back, &kind);
}

/* At the disk's byte `at`; how many bytes, or 0: it cannot be done. */
static u64 transfer_segment(u64 at, const struct blkif_request_segment *segment, bool read)
{
    u64 size = (segment->last_sect - segment->first_sect + 1u) * SECTOR;
    u8 *memory, *bytes = disk_bytes(at, size);

    if (!bytes || segment->first_sect > segment->last_sect || segment->last_sect >= SECTORS)
        return 0;
    memory = granted_memory(segment->gref, read);
    if (!memory)
        return 0;
    memory += segment->first_sect * SECTOR;
    if (read)
        copy_large(memory, bytes, size);
    else
        copy_large(bytes, memory, size);
    return size;
}

static s16 transfer(const struct blkif_request *request)
{
    u64 at = request->sector_number * SECTOR;

    if (request->sector_number > DISK_SECTORS || !request->nr_segments ||
        request->nr_segments > BLKIF_MAX_SEGMENTS_PER_REQUEST)
        return BLKIF_RSP_ERROR;
    for (unsigned int i = 0; i < request->nr_segments; i++) {
        u64 done = transfer_segment(at, &request->seg[i], request->operation == BLKIF_OP_READ);

        if (!done)
            return BLKIF_RSP_ERROR;
        at += done;
    }
    return BLKIF_RSP_OKAY;
}

static s16 carry_out(const struct blkif_request *request)
{
    switch (request->operation) {
    case BLKIF_OP_READ:
    case BLKIF_OP_WRITE:
        return transfer(request);
    case BLKIF_OP_FLUSH_DISKCACHE: /* there is none: what was written is written */
        return request->nr_segments ? BLKIF_RSP_ERROR : BLKIF_RSP_OKAY;
    default:
        return BLKIF_RSP_EOPNOTSUPP;
    }
}

/* The request is copied first: the memory that it names may be that in which it stands. */
static void serve_one(union blkif_sring_entry *entry)
{
    struct blkif_request request = entry->req;
    s16 status = carry_out(&request);

    entry->rsp.id = request.id;
    entry->rsp.operation = request.operation;
    entry->rsp.status = status;
}

/* RING_PUSH_RESPONSES_AND_CHECK_NOTIFY (xen/io/ring.h), by an index that the guest cannot change. */
static void push(struct blkif_sring *ring, u32 first)
{
    struct block *block = &guest.devices.block;

    ring->rsp_prod = block->done;
    ring->req_event = block->done + 1;
    if (block->done - ring->rsp_event < block->done - first)
        guest_notify(block->back.port);
}

void block_serve(void)
{
    struct block *block = &guest.devices.block;
    struct blkif_sring *ring;
    u32 first = block->done, producer;

    if (!back_is_connected(&block->back))
        return;
    ring = granted_memory(block->ring_grant, true);
    if (!ring)
        kill_guest("disk: grant %u, of the ring, is no longer one of memory", block->ring_grant);
    producer = ring->req_prod;
    if (producer - first > RING_ENTRIES)
        kill_guest("disk: ring: producer %u, consumer %u", producer, first);
    for (; block->done != producer; block->done++)
        serve_one(&ring->ring[block->done % RING_ENTRIES]);
    if (producer != first)
        push(ring, first);
}
