/*
 * limit.c: the end of a guest's time, in the machine's own.
 *
 * Where the machine's clock counts instructions, a guest that hangs ends at
 * the same instruction on every computer, however slow. The real-time
 * clock's alarm does that (Motorola MC146818A data sheet; IRQ 8, by the I/O
 * APIC), and not the processor's one timer, which the guest's timer is
 * programmed into: what a guest pays for its timer must not depend on
 * whether it has a limit. An alarm is exact to a second, and so is a limit.
 */
#include "limit.h"
#include "cpu.h"
#include "guest.h"
#include "memory.h"
#include "options.h"
#include "timer.h"

#define IO_APIC_ADDRESS 0xfec00000ull
#define IO_APIC_VA      (APIC_VA + PAGE_SIZE)
#define IO_APIC_SELECT  0x00 /* Intel 82093AA data sheet, 3.1 */
#define IO_APIC_WINDOW  0x10
#define REDIRECTION(n)  (0x10 + 2 * (n)) /* 3.2.4: edge, active high, fixed, to processor 0 */
#define RTC_IRQ         8

#define RTC_SECONDS  0x0
#define RTC_MINUTES  0x2
#define RTC_HOURS    0x4
#define RTC_ALARM(r) ((r) + 1)
#define RTC_A        0xa
#define RTC_A_UIP    0x80 /* an update is under way */
#define RTC_B        0xb
#define RTC_B_ALARM  0x20
#define RTC_B_BINARY 0x04
#define RTC_C        0xc /* reading it acknowledges */

#define DAY_S 86400u

static void rtc_write(u8 index, u8 value)
{
    outb(RTC_INDEX, index);
    outb(RTC_DATA, value);
}

static unsigned int number_of(u8 value, bool binary)
{
    return binary ? value : (value >> 4) * 10u + (value & 15u);
}

static u8 value_of(unsigned int number, bool binary)
{
    return (u8)(binary ? number : (number / 10) << 4 | number % 10);
}

/* Of the day; firmware leaves the clock counting 24 hours. */
static unsigned int seconds_now(bool binary)
{
    while (rtc_read(RTC_A) & RTC_A_UIP)
        ;
    return number_of(rtc_read(RTC_HOURS), binary) * 3600 + number_of(rtc_read(RTC_MINUTES), binary) * 60 +
           number_of(rtc_read(RTC_SECONDS), binary);
}

static void alarm_set(unsigned int in_s)
{
    u8 b = rtc_read(RTC_B);
    bool binary = b & RTC_B_BINARY;
    unsigned int at = (seconds_now(binary) + in_s) % DAY_S;

    rtc_write(RTC_ALARM(RTC_HOURS), value_of(at / 3600, binary));
    rtc_write(RTC_ALARM(RTC_MINUTES), value_of(at / 60 % 60, binary));
    rtc_write(RTC_ALARM(RTC_SECONDS), value_of(at % 60, binary));
    rtc_read(RTC_C);
    rtc_write(RTC_B, b | RTC_B_ALARM);
}

static void io_apic_write(u32 index, u32 value)
{
    *(volatile u32 *)(IO_APIC_VA + IO_APIC_SELECT) = index;
    *(volatile u32 *)(IO_APIC_VA + IO_APIC_WINDOW) = value;
}

void limit_init(const char *command_line)
{
    guest.limit_s = MIN(option_number(command_line, "limit_s", 0), DAY_S - 1);
    if (!guest.limit_s)
        return;
    map_hypervisor_page(IO_APIC_VA, IO_APIC_ADDRESS, PTE_P | PTE_W | PTE_PCD | PTE_NX);
    io_apic_write(REDIRECTION(RTC_IRQ) + 1, 0);
    io_apic_write(REDIRECTION(RTC_IRQ), VECTOR_LIMIT);
    alarm_set((unsigned int)guest.limit_s);
}

void limit_reached(void)
{
    out_of_time(guest.limit_s);
}
