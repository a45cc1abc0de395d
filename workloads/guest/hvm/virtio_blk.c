/*
 * virtio_blk.c: the driver of KVM's paravirtual disk: one queue of virtio.h (Virtual I/O Device, version 1.2: 5.2
 * block device).
 *
 * A batch is put, then the device is told once by a write to its doorbell, and it interrupts once, when the last of
 * them is done: the ring says with which (2.7.10, event index). The guest sleeps meanwhile.
 */
#include "../disk.h"
#include "virtio.h"

enum { DISK = 0x10421af4, SECTORS = PAGE_SIZE / 512, FEATURE_FLUSH = 1u << 9 /* 5.2.3 */ };

struct header { /* 5.2.6 */
    uint32_t type, reserved;
    uint64_t sector;
};
static struct header headers[DISK_DEPTH_MAX];
static volatile uint8_t statuses[DISK_DEPTH_MAX];

static uint32_t apic_id;
static struct virtio device;
static struct virtio_queue queue;
static unsigned taken;    /* descriptors of the batch */
static unsigned requests; /* of the batch */
static uint32_t features;

/* At the start of day, when page tables are for good. */
static void virtio_init(void)
{
    if (!virtio_is_possible() || !virtio_find(&device, DISK))
        return;
    apic_id = hvm_apic_id();
    virtio_map(&device);
}

static const char *virtio_open(void)
{
    if (!virtio_find(&device, DISK))
        return "no virtio disk was found";
    taken = requests = 0;
    if (!virtio_begin(&device, FEATURE_FLUSH, &features))
        return "the virtio disk lacks virtio 1 or event indexes";
    virtio_set_interrupt(&device, apic_id, VECTOR_DEVICE);
    if (!virtio_set_queue(&device, 0, &queue))
        return "the virtio disk takes no queue of 128 descriptors";
    virtio_go(&device);
    return NULL;
}

static void virtio_close(void)
{
    virtio_reset(&device);
}

static const char *virtio_no_flush(void)
{
    return features & FEATURE_FLUSH ? NULL : "the virtio disk has nothing to flush";
}

static void add(const volatile void *what, uint32_t length, uint16_t flags)
{
    queue.descriptor[taken] = (struct virtio_descriptor){(uintptr_t)what, length, flags, (uint16_t)(taken + 1)};
    taken++;
}

static void virtio_put(const struct disk_request *r)
{
    static const uint32_t types[] = {[DISK_READ] = 0, [DISK_WRITE] = 1, [DISK_FLUSH] = 4};
    const uint16_t data = r->operation == DISK_READ ? VIRTIO_NEXT | VIRTIO_DEVICE_WRITES : VIRTIO_NEXT;
    queue.available.ring[(uint16_t)(queue.available.index + requests) % VIRTIO_QUEUE] = (uint16_t)taken;
    headers[requests] = (struct header){types[r->operation], 0, r->at * SECTORS};
    statuses[requests] = 0xff;
    add(&headers[requests], sizeof(headers[0]), VIRTIO_NEXT);
    for (unsigned i = 0; i < r->pages; i++)
        add(r->page[i], PAGE_SIZE, data);
    add(&statuses[requests], 1, VIRTIO_DEVICE_WRITES);
    requests++;
}

static void virtio_notify(void)
{
    queue.available.used_event = (uint16_t)(queue.available.index + requests - 1);
    virtio_publish(&queue, (uint16_t)(queue.available.index + requests));
    hvm_await_device();
    virtio_ring(&queue, 0);
}

static unsigned virtio_wait(void)
{
    const unsigned done = requests;
    hvm_halt_until_device();
    notifications.received++;
    if (queue.used.index != queue.available.index)
        guest_panic("the virtio disk interrupted before all was done");
    for (unsigned i = 0; i < done; i++)
        if (statuses[i])
            guest_panic("the virtio disk failed: status %u", statuses[i]);
    requests = taken = 0;
    return done;
}

DISK_DRIVER(virtio_blk, .init = virtio_init, .is_possible = virtio_is_possible, .open = virtio_open,
            .close = virtio_close, .depth = DISK_DEPTH_MAX, .no_flush = virtio_no_flush, .put = virtio_put,
            .notify = virtio_notify, .wait = virtio_wait);
