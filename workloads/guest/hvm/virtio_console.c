/*
 * virtio_console.c: the paravirtual console of KVM's guests, for what
 * console_char measures; the lines of results go by the UART in both modes.
 *
 * A PCI device with the legacy interface, one queue, no interrupts: a
 * character is put into the ring and the device is told of it at once
 * (Virtual I/O Device, version 1.2: 2.7 virtqueues, 4.1.4.8 legacy PCI
 * registers, 5.3 console).
 */
#include "pci.h"

enum {
    DEVICE_CONSOLE = 0x10031af4, /* device 0x1003, vendor 0x1af4 */
    GUEST_FEATURES = 0x04,
    QUEUE_FRAME = 0x08,
    QUEUE_SIZE = 0x0c,
    QUEUE_SELECT = 0x0e,
    QUEUE_NOTIFY = 0x10,
    DEVICE_STATUS = 0x12,
    STATUS_ACKNOWLEDGE = 1,
    STATUS_DRIVER = 2,
    STATUS_DRIVER_OK = 4,
    TRANSMIT = 1, /* port 0's */
    NO_INTERRUPT = 1,
    QUEUE_MAX = 256,
    LOOKS_MAX = 1 << 30, /* many seconds */
};

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};
_Static_assert(sizeof(struct descriptor) == 16, "virtio 1.2, 2.7.5");

struct available {
    uint16_t flags, index, ring[QUEUE_MAX];
};

struct used {
    uint16_t flags, index;
    struct {
        uint32_t id, length;
    } ring[QUEUE_MAX];
};

static uint16_t io; /* of the device; 0: none */
static uint16_t size;
static volatile struct available *available;
static volatile struct used *used;
static uint8_t buffer[QUEUE_MAX];

/* Where the firmware has put it. */
static uint16_t find_device(void)
{
    const pci_function f = pci_find(PCI_ID, ~0u, DEVICE_CONSOLE);
    if (f == PCI_NONE)
        return 0;
    const uint32_t bar = pci_read(f, PCI_BAR0);
    if (!(bar & 1) || !(bar & 0xfffc))
        return 0;
    pci_enable(f, PCI_IO | PCI_MASTER);
    return bar & 0xfffc;
}

void hvm_virtio_console_init(void)
{
    uint16_t device = find_device();
    if (!device)
        return;
    outb(device + DEVICE_STATUS, 0);
    outb(device + DEVICE_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    outl(device + GUEST_FEATURES, 0);
    outw(device + QUEUE_SELECT, TRANSMIT);
    size = inw(device + QUEUE_SIZE);
    if (!size || size > QUEUE_MAX)
        return;
    /* Descriptors and available ring, then on a page of its own the used ring: three pages hold QUEUE_MAX. */
    uint8_t *queue = memset(guest_pages(3), 0, 3 * PAGE_SIZE);
    struct descriptor *descriptors = (void *)queue;
    size_t first = size * sizeof(*descriptors) + 6 + 2 * size;
    available = (void *)(queue + size * sizeof(*descriptors));
    used = (void *)(queue + (first + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE);
    /* Each character has its place and its descriptor for good. */
    for (unsigned i = 0; i < size; i++) {
        descriptors[i] = (struct descriptor){.address = (uintptr_t)&buffer[i], .length = 1};
        available->ring[i] = (uint16_t)i;
    }
    available->flags = NO_INTERRUPT;
    outl(device + QUEUE_FRAME, (uint32_t)((uintptr_t)queue / PAGE_SIZE));
    outb(device + DEVICE_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
    io = device;
}

bool hvm_virtio_console_put(char c)
{
    if (!io)
        return false;
    uint16_t index = available->index;
    /* Full: the device is behind by the whole ring. */
    for (unsigned looks = 0; (uint16_t)(index - used->index) >= size; looks++) {
        if (looks == LOOKS_MAX || (uint16_t)(index - used->index) > size)
            guest_panic("the virtio console has taken %u of %u characters", used->index, index);
        asm volatile("pause");
    }
    buffer[index % size] = (uint8_t)c;
    asm volatile("" : : : "memory");
    available->index = index + 1;
    outw(io + QUEUE_NOTIFY, TRANSMIT);
    return true;
}
