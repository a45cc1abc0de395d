/*
 * doorbell.c: the doorbells of a PCI device that is made to be told and to do nothing, QEMU's pci-testdev (QEMU,
 * docs/specs/pci-testdev): a base-address register with memory and one with ports, each with the same registers. They
 * start a test by its number and say where then to write what: to the device itself, or where KVM takes it in the
 * device's place (KVM_IOEVENTFD), by the place alone or by the value as well.
 */
#include "pci.h"

enum {
    TEST_DEVICE = 0x00051b36,
    MEMORY_BAR = PCI_BAR0,
    PORT_BAR = PCI_BAR0 + 4,
    /* Where nothing else is when no firmware has given them a place. */
    OWN_PORTS = 0xc200,
};
#define OWN_MEMORY 0xf0000000u

/* Registers, of bytes. */
enum { TEST = 0, WIDTH = 1, OFFSET = 4, VALUE = 8, COUNT = 12 };
enum { NO_TEST = 0xff };

static uintptr_t memory;
static uint16_t ports;
static enum doorbell_place open_place;

/* At the start of day, when page tables are for good. */
void hvm_doorbell_init(void)
{
    const pci_function f = params_have_any_devices() ? pci_find(PCI_ID, ~0u, TEST_DEVICE) : PCI_NONE;
    if (f == PCI_NONE)
        return;
    ports = pci_ports(f, PORT_BAR, OWN_PORTS);
    memory = pci_memory(f, MEMORY_BAR, OWN_MEMORY);
    hvm_map_identity(memory, PTE_RW | PTE_UNCACHED);
}

static uint8_t read_register(unsigned at)
{
    uint8_t value;
    if (open_place == DOORBELL_PORT)
        return inb((uint16_t)(ports + at));
    asm volatile("movb (%1), %b0" : "=a"(value) : "d"(memory + at) : "memory");
    return value;
}

static void start_test(uint8_t number)
{
    const struct guest_doorbell test = {(void *)(memory + TEST), (uint16_t)(ports + TEST), number};
    if (open_place == DOORBELL_PORT)
        outb(test.port, test.value);
    else
        guest_doorbell_ring(&test);
}

/* The device counts what it takes itself, and nothing else. */
static void try_it(const struct guest_doorbell *d, enum doorbell_taker taker)
{
    if (open_place == DOORBELL_PORT)
        outb(d->port, d->value);
    else
        guest_doorbell_ring(d);
    if (read_register(COUNT) != (taker == DOORBELL_DEVICE))
        guest_panic("the test device has counted %u rings where %u were for it", read_register(COUNT),
                    taker == DOORBELL_DEVICE);
}

/* QEMU offers its tests also where it has to play KVM's part itself. */
static bool is_taken_for_device(void)
{
    return platform == PLATFORM_KVM || platform == PLATFORM_NONE;
}

const char *guest_doorbell_open(struct guest_doorbell *d, enum doorbell_place place, enum doorbell_taker taker)
{
    static const uint8_t tests[] = {[DOORBELL_DEVICE] = 0, [DOORBELL_ANY_VALUE] = 1, [DOORBELL_ONE_VALUE] = 2};
    if (!memory)
        return params_have_any_devices() ? "no test device was found on a PCI bus" : NO_DOORBELL;
    if (taker != DOORBELL_DEVICE && !is_taken_for_device())
        return "whatever a device is told goes to the device; KVM alone takes it in the device's place";
    open_place = place;
    start_test(tests[taker]);
    if (read_register(WIDTH) != sizeof(d->value))
        return "the test device has no such test";
    /* Neither place is farther than 64 KiB. */
    const unsigned at = read_register(OFFSET) | (unsigned)read_register(OFFSET + 1) << 8;
    *d = (struct guest_doorbell){(void *)(memory + at), (uint16_t)(ports + at), read_register(VALUE)};
    try_it(d, taker);
    return NULL;
}

void guest_doorbell_close(void)
{
    start_test(NO_TEST);
}
