/*
 * virtio.h: what drivers of virtio devices share: virtio over PCI, split virtqueues with event indexes, and one
 * MSI-X vector for all queues of a device (Virtual I/O Device, version 1.2: 2.7 split virtqueues, 4.1 PCI, 6).
 */
#ifndef GUEST_HVM_VIRTIO_H
#define GUEST_HVM_VIRTIO_H

#include "pci.h"

/* Of the descriptors: flags. */
enum { VIRTIO_NEXT = 1, VIRTIO_DEVICE_WRITES = 2 };

enum { VIRTIO_QUEUE = 128, VIRTIO_EVENT_INDEX = 1 << 29 /* a feature */ };

struct virtio_descriptor { /* 2.7.5 */
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

/* 2.7.6 and 2.7.8, each with its event index at the end: what the other side is to be told of. */
struct virtio_queue {
    struct virtio_descriptor descriptor[VIRTIO_QUEUE] __attribute__((aligned(16)));
    struct {
        uint16_t flags, index, ring[VIRTIO_QUEUE], used_event;
    } available __attribute__((aligned(16)));
    volatile struct {
        uint16_t flags, index;
        struct {
            uint32_t id, length;
        } ring[VIRTIO_QUEUE];
        uint16_t available_event;
    } used __attribute__((aligned(16)));
    volatile uint16_t *doorbell;
};

struct virtio_common { /* 4.1.4.3 */
    uint32_t device_feature_select, device_feature, driver_feature_select, driver_feature;
    uint16_t config_msix_vector, num_queues;
    uint8_t device_status, config_generation;
    uint16_t queue_select, queue_size, queue_msix_vector, queue_enable, queue_notify_off;
    uint32_t queue_desc[2], queue_driver[2], queue_device[2];
};
_Static_assert(sizeof(struct virtio_common) == 56, "virtio 1.2, 4.1.4.3");

struct virtio {
    pci_function function;
    volatile struct virtio_common *common;
    uintptr_t doorbells;
    unsigned doorbells_at; /* the capability that describes them */
    volatile uint32_t *msix;
};

static inline bool virtio_is_possible(void)
{
    return platform == PLATFORM_KVM;
}

/* By PCI_ID. At the start of day its registers must be mapped as well. */
bool virtio_find(struct virtio *v, uint32_t id);
void virtio_map(const struct virtio *v);

/* From reset to the features: those `wanted` that it has, in `features`, and event indexes. False: it lacks what is
 * needed. */
bool virtio_begin(struct virtio *v, uint32_t wanted, uint32_t *features);
void virtio_set_interrupt(const struct virtio *v, uint32_t apic_id, unsigned vector);
/* Queue `number`, emptied; false: it does not take it. */
bool virtio_set_queue(const struct virtio *v, unsigned number, struct virtio_queue *q);
void virtio_go(const struct virtio *v);
void virtio_reset(const struct virtio *v);

/* x86 keeps stores in order; the compiler must too. The ring's entries are there before their number is. */
static inline void virtio_publish(struct virtio_queue *q, uint16_t index)
{
    asm volatile("" : : : "memory");
    *(volatile uint16_t *)&q->available.index = index;
}

static inline void virtio_ring(const struct virtio_queue *q, uint16_t number)
{
    *q->doorbell = number;
    notifications.sent++;
}

#endif
