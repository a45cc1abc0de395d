/*
 * virtio_blk.c: the driver of KVM's paravirtual disk: virtio over PCI, one queue, one MSI-X vector (Virtual I/O
 * Device, version 1.2: 2.7 split virtqueues, 4.1 PCI, 5.2 block device).
 *
 * A batch is put, then the device is told once by a write to its doorbell, and it interrupts once, when the last of
 * them is done: the ring says with which (2.7.10, event index). The guest sleeps meanwhile.
 */
#include "../disk.h"
#include "pci.h"

enum { DISK = 0x10421af4, BAR_MASK = 0xfffffff0u, CAPABILITY_VENDOR = 0x09, CAPABILITY_MSIX = 0x11 };

/* 4.1.4: what a vendor's capability describes. */
enum { STRUCTURE_COMMON = 1, STRUCTURE_NOTIFY = 2 };

enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };

/* Feature bits: 5.2.3, 6. */
enum { FEATURE_FLUSH = 1u << 9, FEATURE_EVENT_INDEX = 1u << 29, FEATURE_VERSION_1 = 1 /* of the upper half */ };

struct common { /* 4.1.4.3 */
    uint32_t device_feature_select, device_feature, driver_feature_select, driver_feature;
    uint16_t config_msix_vector, num_queues;
    uint8_t device_status, config_generation;
    uint16_t queue_select, queue_size, queue_msix_vector, queue_enable, queue_notify_off;
    uint32_t queue_desc[2], queue_driver[2], queue_device[2];
};
_Static_assert(sizeof(struct common) == 56, "virtio 1.2, 4.1.4.3");

enum { QUEUE = 128, NEXT = 1, DEVICE_WRITES = 2, SECTORS = PAGE_SIZE / 512 };

struct descriptor { /* 2.7.5 */
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

/* 2.7.6 and 2.7.8, each with its event index at the end. */
static struct {
    uint16_t flags, index, ring[QUEUE], used_event;
} available __attribute__((aligned(16)));
static volatile struct {
    uint16_t flags, index;
    struct {
        uint32_t id, length;
    } ring[QUEUE];
    uint16_t available_event;
} used __attribute__((aligned(16)));
static struct descriptor descriptors[QUEUE] __attribute__((aligned(16)));

struct header { /* 5.2.6 */
    uint32_t type, reserved;
    uint64_t sector;
};
static struct header headers[DISK_DEPTH_MAX];
static volatile uint8_t statuses[DISK_DEPTH_MAX];

static uint32_t apic_id;
static pci_function device;
static volatile struct common *common;
static volatile uint16_t *doorbell;
static volatile uint32_t *msix;
static unsigned taken;    /* descriptors of the batch */
static unsigned requests; /* of the batch */
static bool flushes;

static uintptr_t bar(unsigned index)
{
    return pci_read(device, PCI_BAR0 + 4 * index) & BAR_MASK;
}

/* Calls with each capability's place; true ends it. */
static bool each_capability(bool (*take)(unsigned at, uint32_t head))
{
    for (unsigned at = pci_read(device, PCI_CAPABILITIES) & 0xfc; at;) {
        const uint32_t head = pci_read(device, at);
        if (take(at, head))
            return true;
        at = head >> 8 & 0xfc;
    }
    return false;
}

static bool take_structure(unsigned at, uint32_t head)
{
    const unsigned type = head >> 24;
    if ((head & 0xff) == CAPABILITY_MSIX)
        msix = (void *)(bar(pci_read(device, at + 4) & 7) + (pci_read(device, at + 4) & ~7u));
    if ((head & 0xff) != CAPABILITY_VENDOR || (type != STRUCTURE_COMMON && type != STRUCTURE_NOTIFY))
        return false;
    const uintptr_t place = bar(pci_read(device, at + 4) & 0xff) + pci_read(device, at + 8);
    if (type == STRUCTURE_COMMON)
        common = (void *)place;
    else
        doorbell = (void *)place; /* of queue 0, as long as its offset is 0 */
    return false;
}

static bool find(void)
{
    common = NULL;
    doorbell = NULL;
    msix = NULL;
    device = pci_find(PCI_ID, ~0u, DISK);
    if (device == PCI_NONE)
        return false;
    each_capability(take_structure);
    return common && doorbell && msix;
}

/* At the start of day, when page tables are for good. */
static void virtio_init(void)
{
    if (platform != PLATFORM_KVM || !find())
        return;
    apic_id = hvm_apic_id();
    const uintptr_t places[] = {(uintptr_t)common, (uintptr_t)doorbell, (uintptr_t)msix};
    for (unsigned i = 0; i < 3; i++)
        hvm_map_identity(places[i] & ~(PAGE_SIZE - 1), PTE_RW | PTE_UNCACHED);
}

static bool enable_msix(unsigned at, uint32_t head)
{
    if ((head & 0xff) != CAPABILITY_MSIX)
        return false;
    pci_write(device, at, head | 1u << 31);
    return true;
}

/* Vector 0, to the only processor (Intel SDM vol. 3, 11.11). */
static void set_interrupt(void)
{
    msix[0] = 0xfee00000u | apic_id << 12;
    msix[1] = 0;
    msix[2] = VECTOR_DEVICE;
    msix[3] = 0;
    each_capability(enable_msix);
}

static uint32_t device_features(uint32_t half)
{
    common->device_feature_select = half;
    return common->device_feature;
}

static void accept(uint32_t half, uint32_t features)
{
    common->driver_feature_select = half;
    common->driver_feature = features;
}

static bool negotiate(void)
{
    const uint32_t low = device_features(0), wanted = FEATURE_FLUSH | FEATURE_EVENT_INDEX;
    flushes = low & FEATURE_FLUSH;
    accept(0, low & wanted);
    accept(1, FEATURE_VERSION_1);
    common->device_status = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    return low & FEATURE_EVENT_INDEX && device_features(1) & FEATURE_VERSION_1 && common->device_status & FEATURES_OK;
}

static void set_address(volatile uint32_t *at, const volatile void *what)
{
    at[0] = (uint32_t)(uintptr_t)what;
    at[1] = 0;
}

static bool set_queue(void)
{
    common->queue_select = 0;
    if (common->queue_size < QUEUE || common->queue_notify_off)
        return false;
    common->queue_size = QUEUE;
    common->queue_msix_vector = 0;
    set_address(common->queue_desc, descriptors);
    set_address(common->queue_driver, &available);
    set_address(common->queue_device, &used);
    common->queue_enable = 1;
    return common->queue_msix_vector == 0;
}

static const char *virtio_open(void)
{
    if (platform != PLATFORM_KVM || !find())
        return "no virtio disk was found";
    pci_enable(device, PCI_MEMORY | PCI_MASTER);
    memset(&available, 0, sizeof(available));
    memset((void *)&used, 0, sizeof(used));
    taken = requests = 0;
    common->device_status = 0;
    common->device_status = ACKNOWLEDGE | DRIVER;
    if (!negotiate())
        return "the virtio disk lacks virtio 1 or event indexes";
    set_interrupt();
    if (!set_queue())
        return "the virtio disk takes no queue of 128 descriptors";
    common->device_status = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
    return NULL;
}

static void virtio_close(void)
{
    common->device_status = 0;
}

static const char *virtio_no_flush(void)
{
    return flushes ? NULL : "the virtio disk has nothing to flush";
}

static void add(const volatile void *what, uint32_t length, uint16_t flags)
{
    descriptors[taken] = (struct descriptor){(uintptr_t)what, length, flags, (uint16_t)(taken + 1)};
    taken++;
}

static void virtio_put(const struct disk_request *r)
{
    static const uint32_t types[] = {[DISK_READ] = 0, [DISK_WRITE] = 1, [DISK_FLUSH] = 4};
    const uint16_t data = r->operation == DISK_READ ? NEXT | DEVICE_WRITES : NEXT;
    available.ring[(uint16_t)(available.index + requests) % QUEUE] = (uint16_t)taken;
    headers[requests] = (struct header){types[r->operation], 0, r->at * SECTORS};
    statuses[requests] = 0xff;
    add(&headers[requests], sizeof(headers[0]), NEXT);
    for (unsigned i = 0; i < r->pages; i++)
        add(r->page[i], PAGE_SIZE, data);
    add(&statuses[requests], 1, DEVICE_WRITES);
    requests++;
}

/* x86 keeps stores in order; the compiler must too. */
static void virtio_notify(void)
{
    available.used_event = (uint16_t)(available.index + requests - 1);
    asm volatile("" : : : "memory");
    *(volatile uint16_t *)&available.index = (uint16_t)(available.index + requests);
    hvm_await_device();
    *doorbell = 0;
}

static unsigned virtio_wait(void)
{
    const unsigned done = requests;
    hvm_halt_until_device();
    if (used.index != available.index)
        guest_panic("the virtio disk interrupted before all was done");
    for (unsigned i = 0; i < done; i++)
        if (statuses[i])
            guest_panic("the virtio disk failed: status %u", statuses[i]);
    requests = taken = 0;
    return done;
}

DISK_DRIVER(virtio_blk, .init = virtio_init, .open = virtio_open, .close = virtio_close, .depth = DISK_DEPTH_MAX,
            .no_flush = virtio_no_flush, .put = virtio_put, .notify = virtio_notify, .wait = virtio_wait);
