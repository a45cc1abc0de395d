/*
 * bus_master.c: the half of the IDE controller that moves a drive's data
 * between disk and memory, through a table of regions that the guest wrote
 * (Intel 290550, 82371SB: the bus master's registers and its physical
 * region descriptors). It has one channel, the primary one.
 *
 * A transfer is over before the access that started it is. Table, regions and
 * their number are the guest's: each descriptor is read once, each piece of
 * memory is looked up where it is used, and the drive's sectors say when it
 * is enough. A region has two bytes at least, so that there are no more than
 * 65536 of them.
 */
#include "hvm.h"
#include "ide.h"
#include "pci.h"
#include "memory.h"
#include "ports.h"

enum { COMMAND = 0, STATUS = 2 };

#define COMMAND_START    0x01
#define COMMAND_WRITABLE 0x09 /* and the direction, which the drive knows too */

#define STATUS_ACTIVE    0x01
#define STATUS_ERROR     0x02
#define STATUS_INTERRUPT 0x04
#define STATUS_WRITABLE  0x60 /* what the drives can do: notes for those who write them */

#define REGION_LAST 0x80000000

struct region {
    u64 address, size;
    bool last;
};

static struct bus_master *this_master(void)
{
    return &guest.hvm.board.bus_master;
}

/* By the double word, as the table is aligned to no more. */
static bool read_region(u64 at, struct region *r)
{
    const volatile u32 *address = guest_physical(at, 4), *size = guest_physical(at + 4, 4);
    u32 word;

    if (!address || !size)
        return false;
    r->address = *address & ~1u;
    word = *size;
    r->size = word & 0xfffe ? word & 0xfffe : 0x10000;
    r->last = word & REGION_LAST;
    return true;
}

/* As much of the region as the drive still wants. False: no memory of the guest's is there. */
static bool move(struct bus_master *m, struct region *r)
{
    while (r->size && m->size) {
        u64 here = MIN(MIN(r->size, m->size), PAGE_SIZE - (r->address & ~PAGE_MASK));
        u8 *p = guest_physical(r->address, here);

        if (!p)
            return false;
        if (m->to_memory)
            copy_large(p, m->bytes, here);
        else
            copy_large(m->bytes, p, here);
        m->bytes += here;
        m->size -= here;
        r->address += here;
        r->size -= here;
    }
    return true;
}

/*
 * The master is active until the last region is done with. If that is before
 * the drive has all, the drive goes on waiting and there is no interrupt.
 */
static void run(struct bus_master *m)
{
    struct region r;
    u64 at = m->table;

    do {
        if (!read_region(at, &r) || !move(m, &r)) {
            m->status = (u8)((m->status & ~STATUS_ACTIVE) | STATUS_ERROR);
            return;
        }
        at += sizeof(u64);
    } while (m->size && !r.last);
    if (r.last && !r.size)
        m->status &= (u8)~STATUS_ACTIVE;
    if (!m->size)
        ide_moved();
}

/* When both sides are ready, and the function may reach memory at all. */
static void run_if_ready(struct bus_master *m)
{
    if ((m->status & STATUS_ACTIVE) && m->size && pci_is_master(PCI_IDE))
        run(m);
}

void bus_master_offer(u8 *bytes, u64 size, bool to_memory)
{
    struct bus_master *m = this_master();

    m->bytes = bytes;
    m->size = size;
    m->to_memory = to_memory;
    run_if_ready(m);
}

void bus_master_interrupt(void)
{
    this_master()->status |= STATUS_INTERRUPT;
}

static void write_command(struct bus_master *m, u8 value)
{
    bool changes = (value ^ m->command) & COMMAND_START;

    m->command = value & COMMAND_WRITABLE;
    if (!changes)
        return;
    if (value & COMMAND_START) {
        m->status |= STATUS_ACTIVE;
        run_if_ready(m);
    } else {
        m->status &= (u8)~STATUS_ACTIVE;
    }
}

/* Written ones clear the two that report. */
static void write_status(struct bus_master *m, u8 value)
{
    u8 reports = m->status & (u8)~value & (STATUS_ERROR | STATUS_INTERRUPT);

    m->status = (u8)((m->status & STATUS_ACTIVE) | reports | (value & STATUS_WRITABLE));
}

static u32 master_read(u16 port)
{
    switch (port & 3) {
    case COMMAND:
        return this_master()->command;
    case STATUS:
        return this_master()->status;
    default:
        return 0;
    }
}

static void master_write(u16 port, u32 value)
{
    if ((port & 3) == COMMAND)
        write_command(this_master(), (u8)value);
    else if ((port & 3) == STATUS)
        write_status(this_master(), (u8)value);
}

static u32 table_read(u16 port)
{
    (void)port;
    return this_master()->table;
}

static void table_write(u16 port, u32 value)
{
    (void)port;
    this_master()->table = value & ~3u;
}

PORT_DEVICE(bus_master, BUS_MASTER_PORT, BUS_MASTER_PORT + 3, 1, master_read, master_write);
PORT_DEVICE(bus_master_table, BUS_MASTER_PORT + 4, BUS_MASTER_PORT + 4, 4, table_read, table_write);
