/*
 * pic.c: the pair of 8259A interrupt controllers (Intel 8259A data sheet),
 * the second on the first one's input 2. An input is triggered by its edge, or by its level where the
 * board's registers say so (Intel 290550, 82371SB, 2.2.18).
 */
#include "hvm.h"
#include "ports.h"

/* The first or the second of the pair. */
static struct pic *this_pic(unsigned int which)
{
    return &guest.hvm.board.pic[which];
}

void pic_init(void)
{
    this_pic(0)->mask = this_pic(1)->mask = 0xff;
}

/* Input of highest priority that may interrupt, or -1; lower number first. */
static int request(const struct pic *pic)
{
    u8 ready = (u8)(pic->irr | (pic->lines & pic->level)) & (u8)~pic->mask;

    for (int i = 0; i < 8; i++) {
        if (pic->isr & (1 << i))
            return -1;
        if (ready & (1 << i))
            return i;
    }
    return -1;
}

static void cascade(void)
{
    if (request(this_pic(1)) >= 0)
        this_pic(0)->irr |= 1 << 2;
    else
        this_pic(0)->irr &= (u8) ~(1 << 2);
    this_hvm()->work.interrupts = true;
}

void pic_set_line(unsigned int irq, bool high)
{
    struct pic *pic = this_pic(irq >> 3);
    u8 bit = (u8)(1 << (irq & 7));

    if (high && !(pic->lines & bit) && !(pic->level & bit))
        pic->irr |= bit;
    pic->lines = high ? pic->lines | bit : pic->lines & (u8)~bit;
    cascade();
}

int pic_pending(void)
{
    int input = request(this_pic(0));

    if (input == 2) {
        int second = request(this_pic(1));

        return this_pic(1)->base + (second >= 0 ? second : 7);
    }
    return input < 0 ? -1 : this_pic(0)->base + input;
}

static void accept(struct pic *pic, int input)
{
    if (input < 0)
        return;
    pic->irr &= (u8) ~(1 << input);
    if (!pic->auto_eoi)
        pic->isr |= (u8)(1 << input);
}

void pic_accept(void)
{
    int input = request(this_pic(0));

    if (input == 2)
        accept(this_pic(1), request(this_pic(1)));
    accept(this_pic(0), input);
    cascade();
}

static u32 pic_read(u16 port)
{
    const struct pic *pic = this_pic(port >> 7);

    if (port & 1)
        return pic->mask;
    return pic->read_isr ? pic->isr : pic->irr;
}

static void write_command(struct pic *pic, u8 value)
{
    if (value & 0x10) { /* ICW1 */
        *pic = (struct pic){.lines = pic->lines, .level = pic->level, .init_step = 2, .wants_icw4 = value & 1};
        return;
    }
    if (value & 0x08) { /* OCW3 */
        if (value & 0x02)
            pic->read_isr = value & 1;
        return;
    }
    if (!(value & 0x20)) /* OCW2 without end of interrupt */
        return;
    if (value & 0x40) { /* specific */
        pic->isr &= (u8) ~(1 << (value & 7));
        return;
    }
    pic->isr &= (u8)(pic->isr - 1); /* the lowest set bit has the highest priority */
}

static void write_data(struct pic *pic, u8 value)
{
    switch (pic->init_step) {
    case 2:
        pic->base = value & 0xf8;
        pic->init_step = 3;
        return;
    case 3: /* the wiring is what it is */
        pic->init_step = pic->wants_icw4 ? 4 : 0;
        return;
    case 4:
        pic->auto_eoi = value & 2;
        pic->init_step = 0;
        return;
    default:
        pic->mask = value;
    }
}

static void pic_write(u16 port, u32 value)
{
    struct pic *pic = this_pic(port >> 7);

    if (port & 1)
        write_data(pic, (u8)value);
    else
        write_command(pic, (u8)value);
    cascade();
}

static u32 level_read(u16 port)
{
    return this_pic(port & 1)->level;
}

/* Clock, cascade and the other lines of the board itself have edges (82371SB, 2.2.18). */
static void level_write(u16 port, u32 value)
{
    this_pic(port & 1)->level = (u8)value & (port & 1 ? 0xde : 0xf8);
    cascade();
}

PORT_DEVICE(pic_levels, 0x4d0, 0x4d1, 1, level_read, level_write);
PORT_DEVICE(first_pic, 0x20, 0x21, 1, pic_read, pic_write);
PORT_DEVICE(second_pic, 0xa0, 0xa1, 1, pic_read, pic_write);
