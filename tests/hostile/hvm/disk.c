/*
 * The emulated disk against drivers that lie to it. What they say is the bus
 * master's status and the drive's, in hex, behind each transfer.
 */
#include "../hostile.h"
#include "hvm/pci.h"
#include <xen/memory.h>

enum { COUNT = 0x1f2, DEVICE = 0x1f6, COMMAND = 0x1f7, CONTROL = 0x3f6, MASTER = 0xc000 };
enum { READ_DMA = 0xc8, WRITE_DMA = 0xca, FLUSH_CACHE = 0xe7, LBA = 0xe0, SECOND = 0x10 };
enum { START = 1, TO_MEMORY = 8, LAST = 0x80000000, SECTORS = 2048 };

static const uint32_t nowhere = 0x20000000, memory_end = 64 << 20;

struct region {
    uint32_t address, size;
};

static uint32_t address(const void *p)
{
    return (uint32_t)(uintptr_t)p;
}

static void command(uint8_t code, uint32_t sector, uint8_t count)
{
    outb(DEVICE, LBA | sector >> 24);
    outb(COUNT, count);
    for (int i = 0; i < 3; i++)
        outb(COUNT + 1 + i, (uint8_t)(sector >> 8 * i));
    outb(COMMAND, code);
}

/* After a reset: the drive waits for nothing, and the bus master has nothing to report. */
static void begin(uint32_t table)
{
    pci_write(0, PCI_COMMAND, PCI_IO | PCI_MASTER);
    outb(CONTROL, 4);
    outb(CONTROL, 0);
    outb(MASTER, 0);
    outb(MASTER + 2, 6);
    outl(MASTER + 4, table);
}

static unsigned statuses(void)
{
    return inb(MASTER + 2) << 8 | inb(COMMAND);
}

static unsigned transfer(uint8_t code, uint32_t sector, uint8_t count, uint32_t table)
{
    begin(table);
    command(code, sector, count);
    outb(MASTER, START | (code == READ_DMA ? TO_MEMORY : 0));
    return statuses();
}

static struct region *table_of(uint32_t to, uint32_t size)
{
    struct region *table = guest_page();

    table[0] = (struct region){to, size};
    return table;
}

static uint8_t *filled(uint8_t with)
{
    uint8_t *page = guest_page();

    memset(page, with, PAGE_SIZE);
    return page;
}

/* In a hole, at the end of all addresses, and with one half of it behind the end of the memory. */
static void table_nowhere(void)
{
    struct region *last = (void *)(uintptr_t)(memory_end - 4);

    hvm_map_identity(memory_end - PAGE_SIZE, PTE_RW);
    last->address = address(guest_page());
    survived("%x %x %x", transfer(READ_DMA, 0, 1, nowhere), transfer(WRITE_DMA, 0, 1, ~3u),
             transfer(READ_DMA, 0, 1, address(last)));
}
HOSTILE(disk_table_nowhere, table_nowhere);

static void region_nowhere(void)
{
    unsigned hole = transfer(READ_DMA, 0, 1, address(table_of(nowhere, LAST | 512)));
    unsigned device = transfer(WRITE_DMA, 0, 1, address(table_of(0xfee00000, LAST | 512)));
    unsigned last = transfer(READ_DMA, 0, 255, address(table_of(~0u, LAST)));

    survived("%x %x %x", hole, device, last);
}
HOSTILE(disk_region_nowhere, region_nowhere);

/* It begins in the guest's last page, and goes on behind it. */
static void region_over_the_end(void)
{
    uint8_t *page = (void *)(uintptr_t)(memory_end - PAGE_SIZE);
    unsigned status;

    hvm_map_identity(address(page), PTE_RW);
    memset(page, 1, PAGE_SIZE);
    status = transfer(READ_DMA, SECTORS - 16, 16, address(table_of(address(page) + 2048, LAST | 8192)));
    survived("%x, %u %u %u", status, page[2047], page[2048], page[4095]);
}
HOSTILE(disk_region_over_the_end, region_over_the_end);

static void region_given_back(void)
{
    uint64_t frame = (uint64_t)guest_page() / PAGE_SIZE;
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    unsigned status;

    *(uint64_t *)&r.extent_start = (uint64_t)&frame;
    HYPERCALL(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r, 0, 0, 0);
    status = transfer(READ_DMA, 0, 1, address(table_of((uint32_t)(frame * PAGE_SIZE), LAST | 512)));
    HYPERCALL(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r, 0, 0, 0);
    survived("%x", status);
}
HOSTILE(disk_region_given_back, region_given_back);

/* No region is the last one, and then the first is larger than all that comes: the sectors end it. */
static void endless_table(void)
{
    struct region *table = guest_page();
    uint8_t *page = filled(1), *larger = filled(1);
    unsigned status, status_larger;

    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*table); i++)
        table[i] = (struct region){address(page) + 2 * i, 2};
    status = transfer(READ_DMA, SECTORS - 1, 1, address(table));
    table[0] = (struct region){address(larger), LAST | (uint32_t)PAGE_SIZE};
    status_larger = transfer(READ_DMA, SECTORS - 1, 1, address(table));
    survived("%x, %u %u, %x, %u %u", status, page[511], page[512], status_larger, larger[511], larger[512]);
}
HOSTILE(disk_endless_table, endless_table);

/* The drive goes on waiting, and takes the next command all the same. */
static void short_table(void)
{
    uint8_t *page = filled(1);
    struct region *table = table_of(address(page), LAST | 256);
    unsigned shorter = transfer(READ_DMA, SECTORS - 1, 1, address(table));

    outb(MASTER, 0);
    table->address += 1024;
    outb(MASTER, START | TO_MEMORY);
    outb(COMMAND, FLUSH_CACHE);
    survived("%x, %u %u %u %u, %x", shorter, page[255], page[256], page[1024 + 255], page[1024 + 256], statuses());
}
HOSTILE(disk_short_table, short_table);

static void beyond(void)
{
    uint32_t table = address(table_of(address(filled(1)), LAST | 512));

    survived("%x %x %x %x %x", transfer(READ_DMA, SECTORS, 1, table), transfer(WRITE_DMA, SECTORS - 1, 2, table),
             transfer(WRITE_DMA, 0xfffffff, 255, table), transfer(READ_DMA, SECTORS - 255, 0, table),
             transfer(READ_DMA, SECTORS - 256, 0, table));
}
HOSTILE(disk_sectors_beyond, beyond);

/* 256 sectors, which a count of 0 is, into two regions of 64 KiB, which are of size 0: one page may be in them but
 * once. */
static void counts_of_zero(void)
{
    const uint32_t area = 32 << 20;
    struct region *table = table_of(area, 0);

    table[1] = (struct region){area + 0x10000, LAST};
    for (uint32_t at = area - PAGE_SIZE; at <= area + 0x20000; at += PAGE_SIZE) {
        hvm_map_identity(at, PTE_RW);
        memset((void *)(uintptr_t)at, 1, PAGE_SIZE);
    }
    const uint8_t *p = (void *)(uintptr_t)area;
    unsigned status = transfer(READ_DMA, SECTORS - 256, 0, address(table));
    survived("%x, %u %u %u %u", status, p[-1], p[0], p[0x1ffff], p[0x20000]);
}
HOSTILE(disk_counts_of_zero, counts_of_zero);

/* First there is no command, then there is one, then its result is none that a second start could fetch again. */
static void start_without_command(void)
{
    unsigned alone, late;

    begin(address(table_of(address(filled(1)), LAST | 512)));
    outb(MASTER, START | TO_MEMORY);
    alone = statuses();
    command(READ_DMA, 0, 1);
    late = statuses();
    outb(MASTER + 2, 6);
    outb(MASTER, 0);
    outb(MASTER, START);
    survived("%x %x %x", alone, late, statuses());
}
HOSTILE(disk_start_without_command, start_without_command);

/* What is written between command and transfer is another command's; a transfer to its own table finds what it brought.
 */
static void change_on_the_way(void)
{
    struct region *table = guest_page();
    uint8_t *page = filled(1);
    unsigned written, changed;

    table[0] = (struct region){nowhere, LAST | 512};
    written = transfer(WRITE_DMA, 0, 1, address(table_of(address(table), LAST | 512)));
    table[0] = (struct region){address(&table[1]), 512};
    table[1] = (struct region){address(page), LAST | 512};
    begin(address(table));
    command(READ_DMA, 0, 2);
    outb(DEVICE, LBA | 15);
    outb(COUNT, 0);
    outb(MASTER, START | TO_MEMORY);
    changed = statuses();
    outb(DEVICE, LBA);
    survived("%x %x, %u", written, changed, page[0]);
}
HOSTILE(disk_change_on_the_way, change_on_the_way);

/* A function that may not reach memory reaches none. */
static void without_right(void)
{
    uint8_t *page = filled(1);

    begin(address(table_of(address(page), LAST | 512)));
    pci_write(0, PCI_COMMAND, PCI_IO);
    command(READ_DMA, SECTORS - 1, 1);
    outb(MASTER, START | TO_MEMORY);
    survived("%x, %u", statuses(), page[0]);
}
HOSTILE(disk_without_right, without_right);

/* Each code that is no command of the drive's, and what the second one would do with those that are. */
static void wild_commands(void)
{
    unsigned aborted = 0;

    begin(address(table_of(nowhere, LAST | 512)));
    outb(DEVICE, LBA);
    for (unsigned code = 0; code < 256; code++) {
        outb(COMMAND, (uint8_t)code);
        aborted += (inb(COMMAND) & 0x89) == 1 && inb(0x1f1) == 4;
    }
    outb(DEVICE, LBA | SECOND);
    outb(COMMAND, WRITE_DMA);
    survived("%u aborted, %x", aborted, statuses());
    outb(DEVICE, LBA);
}
HOSTILE(disk_wild_commands, wild_commands);

/* All ports of the disk, by every width; then the configuration of every function, with all that it may be told. */
static void wild_registers(void)
{
    static const uint16_t ports[] = {0x1f0,      0x1f1,      0x1f2,      0x1f3,  0x1f4,      0x1f5,
                                     0x1f6,      0x1f7,      0x3f6,      MASTER, MASTER + 1, MASTER + 2,
                                     MASTER + 3, MASTER + 4, MASTER + 8, 0xcf8,  0xcfc};
    unsigned functions = 0;

    for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        for (int bit = 0; bit < 33; bit++) {
            outb(ports[i], (uint8_t)(1ul << bit));
            outw(ports[i], (uint16_t)(1ul << bit));
            outl(ports[i], (uint32_t)(1ul << bit));
            inb(ports[i]), inw(ports[i]), inl(ports[i]);
        }
    for (unsigned f = 0; f < 0x10000; f += f < 256 ? 1 : 255) {
        functions += pci_read(f, PCI_ID) != ~0u;
        for (unsigned reg = 0; reg < 256; reg += 4)
            pci_write(f, reg, ~0u);
    }
    survived("%u function, %x %x", functions, pci_read(0, PCI_COMMAND), pci_read(0, PCI_BAR0 + 16));
    begin(0);
}
HOSTILE(disk_wild_registers, wild_registers);
