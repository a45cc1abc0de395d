/*
 * rtc.c: the board's clock of the time of day (Motorola MC146818A data
 * sheet), which a kernel reads when it starts. What it says is read from the
 * computer's own. Its alarm and its interrupts are the minivisor's (limit.c):
 * the guest sees none of them, and changes nothing.
 */
#include "cpu.h"
#include "guest.h"
#include "ports.h"

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

static u32 clock_read(u16 port)
{
    u8 index = guest.hvm.board.rtc_index;

    if (port == RTC_INDEX)
        return 0xff; /* it can only be written */
    if (index == A)
        return (rtc_read(A) & A_UIP) | A_RUN;
    if (index == B)
        return rtc_read(B) & B_HOW;
    if (index == D)
        return D_SET;
    return index < 64 && time_of_day >> index & 1 ? rtc_read(index) : 0;
}

/* The highest bit masks the NMI, of which there is none. */
static void clock_write(u16 port, u32 value)
{
    if (port == RTC_INDEX)
        guest.hvm.board.rtc_index = value & 0x7f;
}

PORT_DEVICE(rtc, RTC_INDEX, RTC_DATA, 1, clock_read, clock_write);
