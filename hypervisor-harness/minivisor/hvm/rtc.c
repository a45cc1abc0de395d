/*
 * rtc.c: the board's clock of the time of day (Motorola MC146818A data
 * sheet), which a kernel reads when it starts. What it says is read from the
 * computer's own. Its alarm and its interrupts are the minivisor's (limit.c):
 * the guest sees none of them, and changes nothing.
 */
#include "cpu.h"
#include "guest.h"
#include "ports.h"

#define INDEX 0x70
#define DATA  0x71
#define A     0xa
#define A_UIP 0x80 /* an update is under way */
#define A_RUN 0x26 /* 32768 Hz, and the usual rate of an interrupt that is off */
#define B     0xb
#define B_HOW 0x06 /* binary, 24 hours: how the numbers are to be read */
#define D     0xd
#define D_SET 0x80 /* the time is valid */

/* Seconds, minutes, hours, day of the week, day, month, year, and the century where PCs have it. */
static const u64 time_of_day =
    1ull << 0 | 1ull << 2 | 1ull << 4 | 1ull << 6 | 1ull << 7 | 1ull << 8 | 1ull << 9 | 1ull << 0x32;

static u8 computers(u8 index)
{
    outb(INDEX, index);
    return inb(DATA);
}

static u32 rtc_read(u16 port)
{
    u8 index = guest.hvm.board.rtc_index;

    if (port == INDEX)
        return 0xff; /* it can only be written */
    if (index == A)
        return (computers(A) & A_UIP) | A_RUN;
    if (index == B)
        return computers(B) & B_HOW;
    if (index == D)
        return D_SET;
    return index < 64 && time_of_day >> index & 1 ? computers(index) : 0;
}

/* The highest bit masks the NMI, of which there is none. */
static void rtc_write(u16 port, u32 value)
{
    if (port == INDEX)
        guest.hvm.board.rtc_index = value & 0x7f;
}

PORT_DEVICE(rtc, INDEX, DATA, 1, rtc_read, rtc_write);
