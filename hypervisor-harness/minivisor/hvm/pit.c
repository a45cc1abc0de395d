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

static struct pit *this_pit(void)
{
    return &guest.hvm.board.pit;
}

static u64 to_pit(u64 ticks)
{
    return mul_div(ticks, PIT_HZ, tsc_khz * 1000);
}

static u64 to_tsc(u64 pit_ticks)
{
    return mul_div(pit_ticks, tsc_khz * 1000, PIT_HZ) + 1;
}

static u64 elapsed(const struct pit_channel *c)
{
    return to_pit(rdtsc() - c->start);
}

static u16 count(const struct pit_channel *c)
{
    u64 gone = elapsed(c);

    if (!c->reload)
        return 0;
    if (c->mode == 2 || c->mode == 3)
        return (u16)(c->reload - gone % c->reload);
    return (u16)(c->reload - gone);
}

static bool output(const struct pit_channel *c)
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
    struct pit_channel *c = &this_pit()->channel[index];

    c->reload = value ? value : 65536;
    c->start = rdtsc();
    if (index == 0) {
        this_pit()->next_interrupt = c->start + to_tsc(c->reload);
        hvm_timer_rearm();
    }
}

u64 pit_deadline(void)
{
    return this_pit()->next_interrupt;
}

void pit_check(u64 now)
{
    struct pit_channel *c = &this_pit()->channel[0];

    if (!this_pit()->next_interrupt || now < this_pit()->next_interrupt)
        return;
    if (c->mode == 2 || c->mode == 3)
        this_pit()->next_interrupt = c->start + to_tsc((to_pit(now - c->start) / c->reload + 1) * c->reload);
    else
        this_pit()->next_interrupt = 0;
    pic_set_line(0, false);
    pic_set_line(0, true);
}

static void write_control(u8 value)
{
    unsigned int index = value >> 6;
    struct pit_channel *c = &this_pit()->channel[index & 3];

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
        this_pit()->next_interrupt = 0;
        hvm_timer_rearm();
    }
}

static void write_count(unsigned int index, u8 value)
{
    struct pit_channel *c = &this_pit()->channel[index];

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

static u8 read_count(struct pit_channel *c)
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
        return this_pit()->speaker | (output(&this_pit()->channel[2]) ? 0x20 : 0);
    return port == 0x43 ? 0xff : read_count(&this_pit()->channel[port & 3]);
}

static void pit_write(u16 port, u32 value)
{
    if (port == 0x61) {
        if ((value & 1) && !(this_pit()->speaker & 1)) /* the gate's rise starts the count anew */
            this_pit()->channel[2].start = rdtsc();
        this_pit()->speaker = value & 3;
        return;
    }
    if (port == 0x43)
        write_control((u8)value);
    else
        write_count(port & 3, (u8)value);
}

PORT_DEVICE(pit, 0x40, 0x43, 1, pit_read, pit_write);
PORT_DEVICE(pit_gate, 0x61, 0x61, 1, pit_read, pit_write);
