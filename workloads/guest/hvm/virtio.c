/* virtio.c: see virtio.h. */
#include "virtio.h"

enum { CAPABILITIES_MAX = (256 - 64) / 4, BARS = 6, BAR_IS_PORTS = 1 };
enum { BAR_MASK = 0xfffffff0u, CAPABILITY_VENDOR = 0x09, CAPABILITY_MSIX = 0x11, MSIX_ENABLE = 1u << 31 };

/* 4.1.4: what a vendor's capability describes, and where in the one of the doorbells their distance stands. */
enum { STRUCTURE_COMMON = 1, STRUCTURE_NOTIFY = 2, NOTIFY_DISTANCE = 16 };

enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };

enum { FEATURE_VERSION_1 = 1 /* of the upper half: 6 */ };

/* What stands at this distance from a base address, and so many bytes of it in one page; 0: that cannot be. */
static uintptr_t place_of(const struct virtio *v, unsigned index, uint32_t distance, unsigned size)
{
    const uint32_t bar = index < BARS ? pci_read(v->function, PCI_BAR0 + 4 * index) : 0;
    const uint64_t place = (uint64_t)(bar & BAR_MASK) + distance;
    if (!(bar & BAR_MASK) || bar & BAR_IS_PORTS || place > UINT32_MAX || place % PAGE_SIZE > PAGE_SIZE - size)
        return 0;
    return place;
}

/* Calls with each capability's place; true ends it. A list may be a circle, but no longer than what it stands in. */
static void each_capability(struct virtio *v, bool (*take)(struct virtio *v, unsigned at, uint32_t head))
{
    unsigned at = pci_read(v->function, PCI_CAPABILITIES) & 0xfc;
    for (unsigned steps = 0; at && steps < CAPABILITIES_MAX; steps++) {
        const uint32_t head = pci_read(v->function, at);
        if (take(v, at, head))
            return;
        at = head >> 8 & 0xfc;
    }
}

static bool take_structure(struct virtio *v, unsigned at, uint32_t head)
{
    const unsigned type = head >> 24;
    if ((head & 0xff) == CAPABILITY_MSIX) {
        const uint32_t where = pci_read(v->function, at + 4);
        v->msix = (void *)place_of(v, where & 7, where & ~7u, 16);
    }
    if ((head & 0xff) != CAPABILITY_VENDOR || (type != STRUCTURE_COMMON && type != STRUCTURE_NOTIFY))
        return false;
    const uintptr_t place = place_of(v, pci_read(v->function, at + 4) & 0xff, pci_read(v->function, at + 8),
                                     type == STRUCTURE_COMMON ? sizeof(*v->common) : sizeof(uint16_t));
    if (type == STRUCTURE_COMMON) {
        v->common = (void *)place;
    } else {
        v->doorbells = place;
        v->doorbells_at = at;
    }
    return false;
}

bool virtio_find(struct virtio *v, uint32_t id)
{
    *v = (struct virtio){.function = pci_find(PCI_ID, ~0u, id)};
    if (v->function == PCI_NONE)
        return false;
    each_capability(v, take_structure);
    return v->common && v->doorbells && v->msix;
}

void virtio_map(const struct virtio *v)
{
    const uintptr_t places[] = {(uintptr_t)v->common, v->doorbells, (uintptr_t)v->msix};
    for (unsigned i = 0; i < 3; i++)
        hvm_map_identity(places[i] & ~(PAGE_SIZE - 1), PTE_RW | PTE_UNCACHED);
}

static bool enable_msix(struct virtio *v, unsigned at, uint32_t head)
{
    if ((head & 0xff) != CAPABILITY_MSIX)
        return false;
    pci_write(v->function, at, head | MSIX_ENABLE);
    return true;
}

/* Entry 0, to the only processor (Intel SDM vol. 3, 11.11). */
void virtio_set_interrupt(const struct virtio *v, uint32_t apic_id, unsigned vector)
{
    v->msix[0] = 0xfee00000u | apic_id << 12;
    v->msix[1] = 0;
    v->msix[2] = vector;
    v->msix[3] = 0;
    each_capability((struct virtio *)v, enable_msix);
}

static uint32_t device_features(const struct virtio *v, uint32_t half)
{
    v->common->device_feature_select = half;
    return v->common->device_feature;
}

static void accept(const struct virtio *v, uint32_t half, uint32_t features)
{
    v->common->driver_feature_select = half;
    v->common->driver_feature = features;
}

static bool negotiate(const struct virtio *v, uint32_t wanted, uint32_t *features)
{
    *features = device_features(v, 0) & (wanted | VIRTIO_EVENT_INDEX);
    accept(v, 0, *features);
    accept(v, 1, FEATURE_VERSION_1);
    v->common->device_status = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    return *features & VIRTIO_EVENT_INDEX && device_features(v, 1) & FEATURE_VERSION_1 &&
           v->common->device_status & FEATURES_OK;
}

bool virtio_begin(struct virtio *v, uint32_t wanted, uint32_t *features)
{
    pci_enable(v->function, PCI_MEMORY | PCI_MASTER);
    virtio_reset(v);
    v->common->device_status = ACKNOWLEDGE | DRIVER;
    return negotiate(v, wanted, features);
}

static void set_address(volatile uint32_t *at, const volatile void *what)
{
    at[0] = (uint32_t)(uintptr_t)what;
    at[1] = 0;
}

/* The first doorbell needs no distance. 0: it is beyond the page that is mapped. */
static uintptr_t doorbell(const struct virtio *v, unsigned number)
{
    const uint64_t distance = number ? (uint64_t)number * pci_read(v->function, v->doorbells_at + NOTIFY_DISTANCE) : 0;
    return v->doorbells % PAGE_SIZE + distance > PAGE_SIZE - sizeof(uint16_t) ? 0 : v->doorbells + distance;
}

bool virtio_set_queue(const struct virtio *v, unsigned number, struct virtio_queue *q)
{
    memset(&q->available, 0, sizeof(q->available));
    memset((void *)&q->used, 0, sizeof(q->used));
    v->common->queue_select = (uint16_t)number;
    if (v->common->queue_size < VIRTIO_QUEUE)
        return false;
    q->doorbell = (void *)doorbell(v, v->common->queue_notify_off);
    if (!q->doorbell)
        return false;
    v->common->queue_size = VIRTIO_QUEUE;
    v->common->queue_msix_vector = 0;
    set_address(v->common->queue_desc, q->descriptor);
    set_address(v->common->queue_driver, &q->available);
    set_address(v->common->queue_device, &q->used);
    v->common->queue_enable = 1;
    return v->common->queue_msix_vector == 0;
}

void virtio_go(const struct virtio *v)
{
    v->common->device_status = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
}

void virtio_reset(const struct virtio *v)
{
    v->common->device_status = 0;
}
