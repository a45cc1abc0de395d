/*
 * mp_table.c: the processor and the ways of its interrupts, by the MultiProcessor Specification 1.4, chapter 4.
 *
 * A PC that says nothing of them has no I/O APIC for Linux, which then works its clock by the PIT, port by port, and
 * leaves Xen's alone. Xen's firmware says the same in ACPI's tables and in these, which need no interpreter.
 */
#include "firmware.h"

#include <stddef.h>
#include <stdint.h>

enum { PROCESSOR, BUS, IO_APIC, INTERRUPT, LOCAL_INTERRUPT }; /* entries */
enum { PCI_BUS, ISA_BUS };                                    /* our numbers for them */
enum { INT, NMI, SMI, EXTINT };                               /* of interrupts */
enum { APIC_ID, IO_APIC_ID, ALL_APICS = 0xff };
enum { ENABLED = 1, BOOTS = 2 }; /* flags of a processor */
enum { LOW_LEVEL = 0xf };        /* of an interrupt: active low, by level */
enum { ISA_IRQS = 16, PIT_IRQ = 0, PIT_PIN = 2, DEVICES = 32 };

struct floating_pointer {
    char signature[4];
    uint32_t table;
    uint8_t length, revision, checksum, feature[5];
};

struct table {
    char signature[4];
    uint16_t length;
    uint8_t revision, checksum;
    char maker[8], product[12];
    uint32_t oem;
    uint16_t oem_size, entries;
    uint32_t apic, extended;
};

struct entry {
    uint8_t type, byte[7];
};

/* All entries are as long but this. */
struct processor {
    uint8_t type, apic, version, flags;
    uint32_t signature, features, reserved[2];
};

_Static_assert(sizeof(struct floating_pointer) == 16 && sizeof(struct table) == 44, "chapter 4");
_Static_assert(sizeof(struct entry) == 8 && sizeof(struct processor) == 20, "chapter 4");

static struct table *const table = (void *)(PC_FIRMWARE + sizeof(struct floating_pointer));

static struct entry *more(uint8_t type, uint8_t first, uint8_t second)
{
    struct entry *e = (void *)((uintptr_t)table + table->length);
    *e = (struct entry){.type = type, .byte = {first, second}};
    table->length += sizeof(*e);
    table->entries++;
    return e;
}

static void add_bus(uint8_t number, const char *name)
{
    struct entry *e = more(BUS, number, 0);
    for (unsigned i = 0; i < 6; i++)
        e->byte[1 + i] = (uint8_t)name[i];
}

static void add_interrupt(uint8_t type, unsigned kind, unsigned flags, unsigned bus, unsigned irq, unsigned apic,
                          unsigned pin)
{
    *more(type, 0, 0) = (struct entry){
        type, {(uint8_t)kind, (uint8_t)flags, 0, (uint8_t)bus, (uint8_t)irq, (uint8_t)apic, (uint8_t)pin}};
}

static uint8_t checksum(const void *at, size_t size)
{
    uint8_t sum = 0;
    for (const uint8_t *byte = at; size; size--)
        sum += *byte++;
    return (uint8_t)-sum;
}

static void add_interrupts(void)
{
    for (unsigned irq = 0; irq < ISA_IRQS; irq++)
        if (irq != PIT_PIN) /* the second PIC's */
            add_interrupt(INTERRUPT, INT, 0, ISA_BUS, irq, IO_APIC_ID, irq == PIT_IRQ ? PIT_PIN : irq);
    /* Where Xen leads the four of each device (hvm_pci_intx_gsi). */
    for (unsigned device = 1; device < DEVICES; device++)
        for (unsigned pin = 0; pin < 4; pin++)
            add_interrupt(INTERRUPT, INT, LOW_LEVEL, PCI_BUS, device << 2 | pin, IO_APIC_ID,
                          16 + (((device << 2) + (device >> 3) + pin) & 31));
    add_interrupt(LOCAL_INTERRUPT, EXTINT, 0, ISA_BUS, 0, ALL_APICS, 0);
    add_interrupt(LOCAL_INTERRUPT, NMI, 0, ISA_BUS, 0, ALL_APICS, 1);
}

void mp_table_write(void)
{
    static const uint32_t io_apic = 0xfec00000;
    struct floating_pointer *pointer = (void *)PC_FIRMWARE;
    struct processor *processor = (void *)(table + 1);
    *table = (struct table){.signature = "PCMP",
                            .length = sizeof(*table) + sizeof(*processor),
                            .revision = 4,
                            .maker = "pvbench ",
                            .product = "HVM guest   ",
                            .entries = 1,
                            .apic = 0xfee00000};
    *processor = (struct processor){.type = PROCESSOR, .apic = APIC_ID, .version = 0x14, .flags = ENABLED | BOOTS};
    add_bus(PCI_BUS, "PCI   ");
    add_bus(ISA_BUS, "ISA   ");
    struct entry *e = more(IO_APIC, IO_APIC_ID, 0x11);
    e->byte[2] = ENABLED;
    for (unsigned i = 0; i < 4; i++)
        e->byte[3 + i] = (uint8_t)(io_apic >> 8 * i);
    add_interrupts();
    table->checksum = checksum(table, table->length);
    *pointer =
        (struct floating_pointer){.signature = "_MP_", .table = (uint32_t)(uintptr_t)table, .length = 1, .revision = 4};
    pointer->checksum = checksum(pointer, sizeof(*pointer));
}
