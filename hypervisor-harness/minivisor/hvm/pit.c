/*
 * pit.c: the 8254 interval timer (Intel 8254 data sheet): channel 0 on the
 * PIC's input 0, channel 2 behind port 0x61, in the modes that PC software
 * uses (0, 2, 3). Counts follow from the TSC: nothing ticks.
 */
#include "cpu.h"
#include "hvm.h"
#include "ports.h"
#include "timer.h"

#define PIT_HZ 1193182ull

struct channel {
    u64 start;  /* TSC at which the count was loaded */
    u32 reload; /* 1 to 65536; 0: not loaded */
    u8 mode, access, write_low, latch_bytes;
    u16 latch;
    bool high_next_write, high_next_read;
};

static struct channel channels[3];
static u8 speaker;         /* port 0x61, bits 0 (gate of channel 2) and 1 */
static u64 next_interrupt; /* TSC; 0: none */

static u64 to_pit(u64 ticks)
{
    return mul_div(ticks, PIT_HZ, tsc_khz * 1000);
}

static u64 to_tsc(u64 pit_ticks)
{
    return mul_div(pit_ticks, tsc_khz * 1000, PIT_HZ) + 1;
}

static u64 elapsed(const struct channel *c)
{
    return to_pit(rdtsc() - c->start);
}

static u16 count(const struct channel *c)
{
    u64 gone = elapsed(c);

    if (!c->reload)
        return 0;
    if (c->mode == 2 || c->mode == 3)
        return (u16)(c->reload - gone % c->reload);
    return (u16)(c->reload - gone);
}

static bool output(const struct channel *c)
{
    u64 gone = elapsed(c);

    if (!c->reload)
        return c->mode != 0;
    switch (c->mode) {
    case 2:
        return gone % c->reload != c->reload - 1;
    case 3:
        return gone % c->reload < (c->reload + 1) / 2;
    default:
        return gone >= c->reload;
    }
}

static void load(unsigned int index, u32 value)
{
    struct channel *c = &channels[index];

    c->reload = value ? value : 65536;
    c->start = rdtsc();
    if (index == 0) {
        next_interrupt = c->start + to_tsc(c->reload);
        hvm_timer_rearm();
    }
}

u64 pit_deadline(void)
{
    return next_interrupt;
}

void pit_check(u64 now)
{
    struct channel *c = &channels[0];

    if (!next_interrupt || now < next_interrupt)
        return;
    if (c->mode == 2 || c->mode == 3)
        next_interrupt = c->start + to_tsc((to_pit(now - c->start) / c->reload + 1) * c->reload);
    else
        next_interrupt = 0;
    pic_set_line(0, false);
    pic_set_line(0, true);
}

static void write_control(u8 value)
{
    unsigned int index = value >> 6;
    struct channel *c = &channels[index & 3];

    if (index == 3)
        return; /* read-back: not offered */
    if (!(value & 0x30)) {
        c->latch = count(c);
        c->latch_bytes = 2;
        return;
    }
    c->access = (value >> 4) & 3;
    c->mode = (value >> 1) & 7;
    if (c->mode > 5)
        c->mode &= 3;
    c->high_next_write = c->high_next_read = false;
    c->latch_bytes = 0;
    c->reload = 0;
    if (index == 0) {
        next_interrupt = 0;
        hvm_timer_rearm();
    }
}

static void write_count(unsigned int index, u8 value)
{
    struct channel *c = &channels[index];

    switch (c->access) {
    case 1:
        load(index, value);
        break;
    case 2:
        load(index, (u32)value << 8);
        break;
    case 3:
        if (c->high_next_write)
            load(index, ((u32)value << 8) | c->write_low);
        else
            c->write_low = value;
        c->high_next_write = !c->high_next_write;
        break;
    }
}

static u8 read_count(struct channel *c)
{
    u16 value = c->latch_bytes ? c->latch : count(c);
    bool high = c->access == 2 || (c->access == 3 && c->high_next_read);

    if (c->access == 3)
        c->high_next_read = !c->high_next_read;
    if (c->latch_bytes)
        c->latch_bytes--;
    return (u8)(high ? value >> 8 : value);
}

static u32 pit_read(u16 port)
{
    if (port == 0x61)
        return speaker | (output(&channels[2]) ? 0x20 : 0);
    return port == 0x43 ? 0xff : read_count(&channels[port & 3]);
}

static void pit_write(u16 port, u32 value)
{
    if (port == 0x61) {
        if ((value & 1) && !(speaker & 1)) /* the gate's rise starts the count anew */
            channels[2].start = rdtsc();
        speaker = value & 3;
        return;
    }
    if (port == 0x43)
        write_control((u8)value);
    else
        write_count(port & 3, (u8)value);
}

PORT_DEVICE(pit, 0x40, 0x43, 1, pit_read, pit_write);
PORT_DEVICE(pit_gate, 0x61, 0x61, 1, pit_read, pit_write);
