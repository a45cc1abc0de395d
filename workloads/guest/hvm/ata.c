/*
 * ata.c: the driver of an emulated disk: the first one of an IDE controller, by bus-master DMA.
 *
 * The registers are those of every such controller since the PIIX (Intel 290550, 82371SB, chapter 2.3; INCITS
 * ATA/ATAPI-6, 6 and 8), so that the same code drives QEMU's and the minivisor's. It takes one request after
 * the other and polls: each access is an exit, and there are no more of them than the controller needs.
 */
#include "../disk.h"
#include "pci.h"

enum {
    COUNT = 0x1f2,
    ADDRESS_LOW = 0x1f3,
    ADDRESS_MIDDLE = 0x1f4,
    ADDRESS_HIGH = 0x1f5,
    DEVICE = 0x1f6,
    COMMAND = 0x1f7, /* read: the status */
    DEVICE_LBA = 0xe0,
    READ_DMA = 0xc8,
    WRITE_DMA = 0xca,
    FLUSH_CACHE = 0xe7,
    STATUS_BUSY = 0x80,
    STATUS_READY = 0x40,
    STATUS_FAULT = 0x20,
    STATUS_REQUEST = 0x08,
    STATUS_ERROR = 0x01,
};

/* The bus master's, from its base on. */
enum {
    MASTER_COMMAND = 0,
    MASTER_STATUS = 2,
    MASTER_TABLE = 4,
    MASTER_START = 1,
    MASTER_ACTIVE = 1, /* of the status */
    MASTER_TO_MEMORY = 8,
    MASTER_ERROR = 2,
    MASTER_INTERRUPT = 4,
};

enum {
    CLASS_IDE = 0x01010000,
    BAR_MASTER = PCI_BAR0 + 4 * 4,
    /* Where nothing else is when no firmware has given it a place. */
    OWN_MASTER = 0xc000,
    SECTORS = PAGE_SIZE / 512,
    LAST = 0x8000,
};

struct region {
    uint32_t address;
    uint16_t size, flags;
};
_Static_assert(sizeof(struct region) == 8, "82371SB, 2.3: physical region descriptor");

static struct region table[DISK_PAGES_MAX] __attribute__((aligned(128))); /* never across 64 KiB */
static uint16_t master;
static struct disk_request request; /* that was put; its pages are in the table */

static uint16_t find_master(void)
{
    const pci_function f = pci_find(PCI_CLASS, 0xffff0000, CLASS_IDE);
    return f == PCI_NONE ? 0 : pci_ports(f, BAR_MASTER, OWN_MASTER);
}

static const char *ata_open(void)
{
    master = find_master();
    if (!master)
        return "no IDE controller was found";
    outb(DEVICE, DEVICE_LBA);
    const uint8_t status = inb(COMMAND);
    if ((status & (STATUS_BUSY | STATUS_READY)) != STATUS_READY)
        return "no disk is on the IDE controller";
    outl(master + MASTER_TABLE, (uint32_t)(uintptr_t)table);
    outb(master + MASTER_STATUS, MASTER_INTERRUPT | MASTER_ERROR);
    return NULL;
}

static void ata_close(void)
{
    outb(master + MASTER_COMMAND, 0);
}

static void ata_put(const struct disk_request *r)
{
    request = *r;
    for (unsigned i = 0; i < r->pages; i++)
        table[i] = (struct region){(uint32_t)(uintptr_t)r->page[i], (uint16_t)PAGE_SIZE, 0};
    if (r->pages)
        table[r->pages - 1].flags = LAST;
}

static void address(uint64_t sector, unsigned count)
{
    outb(DEVICE, DEVICE_LBA | (sector >> 24 & 0xf));
    outb(COUNT, (uint8_t)count);
    outb(ADDRESS_LOW, (uint8_t)sector);
    outb(ADDRESS_MIDDLE, (uint8_t)(sector >> 8));
    outb(ADDRESS_HIGH, (uint8_t)(sector >> 16));
}

static void ata_notify(void)
{
    notifications.sent++;
    if (request.operation == DISK_FLUSH) {
        outb(COMMAND, FLUSH_CACHE);
        return;
    }
    const bool read = request.operation == DISK_READ;
    address(request.at * SECTORS, request.pages * SECTORS);
    outb(COMMAND, read ? READ_DMA : WRITE_DMA);
    outb(master + MASTER_COMMAND, MASTER_START | (read ? MASTER_TO_MEMORY : 0));
}

/* The register, as soon as this bit of it is clear. */
static uint8_t poll(unsigned port, uint8_t busy)
{
    uint8_t status;
    for (unsigned polls = 0; (status = inb((uint16_t)port)) & busy; polls++)
        if (polls == PCI_POLLS_MAX)
            guest_panic("the disk does not end a request: status 0x%x", status);
    return status;
}

static void wait_for_master(void)
{
    const uint8_t status = poll(master + MASTER_STATUS, MASTER_ACTIVE); /* the interrupt's bit may be a flush's */
    outb(master + MASTER_COMMAND, 0);
    outb(master + MASTER_STATUS, MASTER_INTERRUPT | MASTER_ERROR);
    if (status & MASTER_ERROR || !(status & MASTER_INTERRUPT))
        guest_panic("the IDE controller could not reach memory: status 0x%x", status);
}

static unsigned ata_wait(void)
{
    if (request.operation != DISK_FLUSH)
        wait_for_master();
    const uint8_t status = poll(COMMAND, STATUS_BUSY); /* which also ends its interrupt */
    if (status & (STATUS_ERROR | STATUS_FAULT | STATUS_REQUEST))
        guest_panic("the disk failed: status 0x%x", status);
    return 1;
}

DISK_DRIVER(ata, .emulated = true, .open = ata_open, .close = ata_close, .depth = 1, .put = ata_put,
            .notify = ata_notify, .wait = ata_wait);
