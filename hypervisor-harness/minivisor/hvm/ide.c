/*
 * ide.c: a hard disk behind the primary channel of an IDE controller
 * (INCITS ATA/ATAPI-6, 7 and 8), which has the three commands that a driver
 * with DMA needs: READ DMA, WRITE DMA and FLUSH CACHE. It aborts all others;
 * as it sends no data through the processor, its data port is nobody's.
 *
 * A command takes no time. No interrupt is delivered: a driver finds that the
 * drive has interrupted in the bus master's status.
 */
#include "ide.h"
#include "device/disk.h"
#include "hvm.h"
#include "ports.h"

/* The registers, from the channel's base on. */
enum { ERROR = 1, COUNT, LBA_LOW, LBA_MIDDLE, LBA_HIGH, DEVICE, COMMAND };

#define DEVICE_SECOND 0x10
#define DEVICE_LBA    0x40

#define STATUS_BUSY    0x80
#define STATUS_READY   0x50 /* and the bit that once was "seek complete" */
#define STATUS_REQUEST 0x08
#define STATUS_ERROR   0x01

#define ERROR_ABORTED   0x04
#define ERROR_NOT_FOUND 0x10
#define ERROR_NONE_SEEN 0x01 /* after a reset */

#define CONTROL_NO_INTERRUPT 0x02
#define CONTROL_RESET        0x04

#define READ_DMA    0xc8
#define WRITE_DMA   0xca
#define FLUSH_CACHE 0xe7

static struct ide *this_ide(void)
{
    return &guest.hvm.board.ide;
}

/* As it is after a reset; the first three of these are what tells a disk from others. */
void ide_init(void)
{
    struct ide *ide = this_ide();

    ide->registers[COUNT] = ide->registers[LBA_LOW] = 1;
    ide->registers[LBA_MIDDLE] = ide->registers[LBA_HIGH] = ide->registers[DEVICE] = 0;
    ide->registers[ERROR] = ERROR_NONE_SEEN;
    ide->status = STATUS_READY;
}

static void end(u8 error)
{
    struct ide *ide = this_ide();

    ide->registers[ERROR] = error;
    ide->status = error ? STATUS_READY | STATUS_ERROR : STATUS_READY;
    if (!(ide->control & CONTROL_NO_INTERRUPT))
        bus_master_interrupt();
}

void ide_moved(void)
{
    end(0);
}

static u64 sector(const u8 *registers)
{
    return (u64)(registers[DEVICE] & 15) << 24 | (u64)registers[LBA_HIGH] << 16 | (u64)registers[LBA_MIDDLE] << 8 |
           registers[LBA_LOW];
}

/* The drive takes its registers' word here: what is written to them before the transfer changes nothing. */
static void start_transfer(bool to_memory)
{
    struct ide *ide = this_ide();
    u64 size = (ide->registers[COUNT] ? ide->registers[COUNT] : 256) * SECTOR_SIZE;
    u8 *bytes = disk_bytes(sector(ide->registers) * SECTOR_SIZE, size);

    if (!(ide->registers[DEVICE] & DEVICE_LBA)) {
        end(ERROR_ABORTED);
    } else if (!bytes) {
        end(ERROR_NOT_FOUND);
    } else {
        ide->status = STATUS_READY | STATUS_REQUEST;
        bus_master_offer(bytes, size, to_memory);
    }
}

static void command(u8 code)
{
    /* Nobody hears it while the drive is reset or where there is no second one. */
    if (this_ide()->status == STATUS_BUSY || (this_ide()->registers[DEVICE] & DEVICE_SECOND))
        return;
    if (this_ide()->status & STATUS_REQUEST) /* the one before was left in the middle */
        bus_master_offer(NULL, 0, false);
    switch (code) {
    case READ_DMA:
    case WRITE_DMA:
        start_transfer(code == READ_DMA);
        break;
    case FLUSH_CACHE: /* nothing is kept back */
        end(0);
        break;
    default:
        end(ERROR_ABORTED);
    }
}

/* The first drive answers for the one that is not there: with 0 (ATA/ATAPI-6, "device 0 only configurations"). */
static u32 status_read(u16 port)
{
    (void)port;
    return this_ide()->registers[DEVICE] & DEVICE_SECOND ? 0 : this_ide()->status;
}

static u32 ide_read(u16 port)
{
    return (port & 7) == COMMAND ? status_read(port) : this_ide()->registers[port & 7];
}

static void ide_write(u16 port, u32 value)
{
    if ((port & 7) == COMMAND)
        command((u8)value);
    else if ((port & 7) != ERROR) /* written it is another register, "features", which these commands do not look at */
        this_ide()->registers[port & 7] = (u8)value;
}

static void control_write(u16 port, u32 value)
{
    u8 before = this_ide()->control;

    (void)port;
    this_ide()->control = (u8)value;
    if (value & CONTROL_RESET) {
        bus_master_offer(NULL, 0, false);
        this_ide()->status = STATUS_BUSY;
    } else if (before & CONTROL_RESET) {
        ide_init();
    }
}

PORT_DEVICE(ide, 0x1f1, 0x1f7, 1, ide_read, ide_write);
PORT_DEVICE(ide_control, 0x3f6, 0x3f6, 1, status_read, control_write);
