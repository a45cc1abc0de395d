/*
 * virtio_net.c: the driver of KVM's paravirtual network card: two queues of virtio.h (Virtual I/O Device, version
 * 1.2: 5.1 network device).
 *
 * An index in each ring says of which frame an interrupt is to tell (2.7.10), and it is set by who is about to sleep
 * alone: for the last of the frames that were put, or for the next that comes. Received frames' buffers go back
 * in batches, and the device is told only where it waits for some.
 */
#include "../net.h"
#include "virtio.h"

enum {
    CARD = 0x10411af4,
    RECEIVE = 0, /* the queues' numbers: 5.1.2 */
    SEND = 1,
    BUFFERS = 2 * NET_DEPTH_MAX,
    BUFFER_SIZE = 2048,
    FRAMES_A_GIFT = 16,
    PATIENCE = 1000, /* interrupts in a row that bring nothing */
};

/* What stands before each frame: 5.1.6, of a device without offloads nothing but zeros. */
struct header {
    uint8_t flags, segmentation;
    uint16_t head_size, segment_size, sum_start, sum_at, buffers;
};
_Static_assert(sizeof(struct header) == 12, "virtio 1.2, 5.1.6");
static const struct header no_offload;

static uint32_t apic_id;
static struct virtio device;
static struct virtio_queue incoming, outgoing;
static uint8_t *buffers;
static uint16_t put;   /* frames, since it was opened, as all of these */
static uint16_t told;  /* of those that are sent */
static uint16_t seen;  /* received, the one that is looked at included */
static uint16_t given; /* buffers; the ring's index follows */
static uint16_t last;  /* the buffer of the frame that is looked at */

/* Buffers that the device may fill, as bits: its own word on it stands where it can change it. */
static uint64_t offered;
_Static_assert(BUFFERS == 8 * sizeof(offered), "a bit each");

/* At the start of day, when page tables are for good. */
static void virtio_init(void)
{
    if (!virtio_is_possible() || !virtio_find(&device, CARD))
        return;
    apic_id = hvm_apic_id();
    virtio_map(&device);
}

/* Where the device wants to be told of what lies between the two (2.7.10.1). */
static bool wants_to_know(uint16_t event, uint16_t new, uint16_t old)
{
    return (uint16_t)(new - event - 1) < (uint16_t)(new - old);
}

static void give(void)
{
    const uint16_t before = incoming.available.index;
    virtio_publish(&incoming, given);
    asm volatile("mfence" : : : "memory");
    if (wants_to_know(incoming.used.available_event, given, before))
        virtio_ring(&incoming, RECEIVE);
    else
        notifications.suppressed++;
}

static void set_memory(void)
{
    put = told = seen = given = 0;
    offered = ~0ul;
    buffers = guest_pages(BUFFERS * BUFFER_SIZE / PAGE_SIZE);
    memset(buffers, 0, BUFFERS * BUFFER_SIZE); /* a page's first use may cost an entry */
    for (unsigned i = 0; i < BUFFERS; i++) {
        incoming.descriptor[i] = (struct virtio_descriptor){
            (uintptr_t)&buffers[i * BUFFER_SIZE], sizeof(struct header) + PVB_NET_FRAME_MAX, VIRTIO_DEVICE_WRITES, 0};
        incoming.available.ring[given++] = (uint16_t)i;
    }
    for (unsigned i = 0; i < NET_DEPTH_MAX; i++)
        outgoing.descriptor[2 * i] =
            (struct virtio_descriptor){(uintptr_t)&no_offload, sizeof(no_offload), VIRTIO_NEXT, (uint16_t)(2 * i + 1)};
    outgoing.available.used_event = (uint16_t)-1;
}

static const char *virtio_open(void)
{
    uint32_t features;
    if (!virtio_find(&device, CARD))
        return "no virtio network card was found";
    if (!virtio_begin(&device, 0, &features))
        return "the virtio network card lacks virtio 1 or event indexes";
    virtio_set_interrupt(&device, apic_id, VECTOR_MESSAGE);
    if (!virtio_set_queue(&device, RECEIVE, &incoming) || !virtio_set_queue(&device, SEND, &outgoing))
        return "the virtio network card takes no queues of 128 descriptors";
    set_memory();
    guest_irq_unmask();
    virtio_go(&device);
    give();
    return NULL;
}

static void virtio_close(void)
{
    virtio_reset(&device);
    guest_irq_mask();
}

/* Until one more than `done` of the queue is used; `event`: the one that is to interrupt. */
static void await(struct virtio_queue *q, uint16_t done, uint16_t event)
{
    for (unsigned wakes = 0; q->used.index == done; wakes++) {
        if (wakes == PATIENCE)
            guest_panic("the virtio network card interrupts %u times and brings nothing", PATIENCE);
        hvm_forget_message();
        q->available.used_event = event;
        asm volatile("mfence" : : : "memory");
        if (q->used.index == done)
            hvm_halt_until_message();
    }
}

/* --- sending ------------------------------------------------------------------- */

static void virtio_notify(void)
{
    virtio_publish(&outgoing, put);
    virtio_ring(&outgoing, SEND);
}

static void make_room(void)
{
    const uint16_t done = outgoing.used.index, on_way = (uint16_t)(put - done);
    if (on_way < NET_DEPTH_MAX)
        return;
    if (on_way > NET_DEPTH_MAX)
        guest_panic("the virtio network card has sent more frames than were put");
    if (put != outgoing.available.index)
        virtio_notify();
    await(&outgoing, done, done);
}

static void virtio_put(const void *frame, unsigned size)
{
    const unsigned place = put % NET_DEPTH_MAX;
    make_room();
    outgoing.descriptor[2 * place + 1] = (struct virtio_descriptor){(uintptr_t)frame, size, 0, 0};
    outgoing.available.ring[put % VIRTIO_QUEUE] = (uint16_t)(2 * place);
    put++;
}

static unsigned virtio_sent(void)
{
    await(&outgoing, told, (uint16_t)(put - 1));
    const uint16_t frames = (uint16_t)(outgoing.used.index - told);
    if (frames > (uint16_t)(put - told))
        guest_panic("the virtio network card has sent %u of %u frames", frames, (uint16_t)(put - told));
    told = (uint16_t)(told + frames);
    return frames;
}

/* --- receiving ----------------------------------------------------------------- */

static void take_back(void)
{
    if (given == (uint16_t)(seen + BUFFERS))
        return;
    incoming.available.ring[given % VIRTIO_QUEUE] = last;
    offered |= 1ul << last;
    given++;
}

static unsigned virtio_receive(const void **frame)
{
    take_back();
    if ((uint16_t)(given - incoming.available.index) >= FRAMES_A_GIFT || incoming.used.index == seen)
        give();
    await(&incoming, seen, seen);
    const uint32_t id = incoming.used.ring[seen % VIRTIO_QUEUE].id,
                   size = incoming.used.ring[seen % VIRTIO_QUEUE].length;
    if (id >= BUFFERS || !(offered >> id & 1) || size < sizeof(struct header) ||
        size > sizeof(struct header) + PVB_NET_FRAME_MAX)
        guest_panic("the virtio network card received what is no frame: buffer %u, %u bytes", id, size);
    *frame = &buffers[id * BUFFER_SIZE + sizeof(struct header)];
    offered &= ~(1ul << id);
    last = (uint16_t)id;
    seen++;
    return size - (unsigned)sizeof(struct header);
}

NET_DRIVER(virtio_net, .init = virtio_init, .is_possible = virtio_is_possible, .open = virtio_open,
           .close = virtio_close, .put = virtio_put, .notify = virtio_notify, .sent = virtio_sent,
           .receive = virtio_receive);
