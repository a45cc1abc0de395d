/*
 * doorbell.c: a device to be told and to do nothing, with the registers of QEMU's pci-testdev (QEMU,
 * docs/specs/pci-testdev): the same ones by ports and in a page of memory. Of its tests it has the first, in which
 * the device itself takes what it is told, and counts it: there is nobody here who could take it in its place.
 */
#include "doorbell.h"
#include "hvm.h"
#include "pci.h"
#include "ports.h"

#define TEST   0
#define WIDTH  1
#define OFFSET 4 /* four bytes */
#define VALUE  8
#define COUNT  12 /* four bytes */

#define RING         0xfa
#define RING_PORT    0x83 /* from the first port on */
#define RING_ADDRESS 0x800

static struct doorbell *this_doorbell(void)
{
    return &guest.hvm.board.doorbell;
}

static u32 ring_of(enum doorbell_place place)
{
    return place == DOORBELL_PORTS ? RING_PORT : RING_ADDRESS;
}

/* Whichever way it is looked at, it is the test's that was started. */
static u8 read(u32 at)
{
    const struct doorbell *d = this_doorbell();

    if (d->place == DOORBELL_NONE)
        return 0;
    if (at == WIDTH)
        return 1;
    if (at >= OFFSET && at < OFFSET + 4)
        return (u8)(ring_of(d->place) >> 8 * (at - OFFSET));
    if (at == VALUE)
        return RING;
    return at >= COUNT && at < COUNT + 4 ? (u8)(d->count >> 8 * (at - COUNT)) : 0;
}

static void write(enum doorbell_place place, u32 at, u8 value)
{
    struct doorbell *d = this_doorbell();

    if (at == TEST)
        *d = (struct doorbell){.place = value ? DOORBELL_NONE : place};
    else if (d->place == place && at == ring_of(place) && value == RING)
        d->count++;
}

u8 doorbell_memory_read(u32 at)
{
    return read(at);
}

void doorbell_memory_write(u32 at, u8 value)
{
    write(DOORBELL_MEMORY, at, value);
}

static u32 port_read(u16 port)
{
    return read(port - DOORBELL_PORT);
}

static void port_write(u16 port, u32 value)
{
    write(DOORBELL_PORTS, port - DOORBELL_PORT, (u8)value);
}

PORT_DEVICE(doorbell, DOORBELL_PORT, DOORBELL_PORT + 0xff, 1, port_read, port_write);
