/*
 * timer.c: the TSC's frequency, the local APIC's timer in one-shot mode
 * (AMD APM vol. 2, 16.4.1), and a watchdog, which kills a guest that has
 * passed no mark for long. The watchdog is in virtual time, so that in the
 * lab it strikes at the same instruction in every run.
 */
#include "timer.h"
#include "cpu.h"
#include "guest.h"
#include "memory.h"
#include "options.h"
#include "device/device.h"

#define APIC_ADDRESS       0xfee00000ull
#define APIC_EOI           0x0b0
#define APIC_SPURIOUS      0x0f0
#define APIC_LVT_TIMER     0x320
#define APIC_INITIAL_COUNT 0x380
#define APIC_CURRENT_COUNT 0x390
#define APIC_DIVIDE        0x3e0
#define APIC_MASKED        (1u << 16)

u64 tsc_khz;
u32 clock_mul;
int clock_shift;

static u64 apic_khz; /* the computer's, as tsc_khz is */

static struct vcpu_timer *this_timer(void)
{
    return &this_vcpu()->timer;
}

static volatile u32 *apic_register(u32 offset)
{
    return (volatile u32 *)(APIC_VA + offset);
}

u64 ticks_to_ns(u64 ticks)
{
    ticks = clock_shift >= 0 ? ticks << clock_shift : ticks >> -clock_shift;
    return (u64)(((unsigned __int128)ticks * clock_mul) >> 32);
}

u64 ns_to_ticks(u64 ns)
{
    return mul_div(ns, tsc_khz, 1000000);
}

/* Programs the hardware for whichever comes first. */
static void program(u64 now)
{
    u64 deadline = this_timer()->deadline, ticks;

    if (this_timer()->own_deadline && (!deadline || this_timer()->own_deadline < deadline))
        deadline = this_timer()->own_deadline;
    if (!deadline) {
        *apic_register(APIC_INITIAL_COUNT) = 0;
        return;
    }
    /* Far beyond what the hardware counts to; it is programmed again when it has run out. */
    ticks = deadline > now ? MIN(deadline - now, 1ull << 40) : 1;
    if (apic_khz != tsc_khz)
        ticks = mul_div(ticks, apic_khz, tsc_khz) + 1;
    *apic_register(APIC_INITIAL_COUNT) = (u32)MIN(ticks, 0xffffffffull);
}

void timer_set(u64 deadline)
{
    this_timer()->deadline = deadline;
    program(rdtsc());
}

u64 timer_deadline(void)
{
    return this_timer()->deadline;
}

void timer_program(void)
{
    this_timer()->own_deadline = earlier(guest.watchdog.deadline, schedule_deadline());
    program(rdtsc());
}

static void set_watchdog(void)
{
    guest.watchdog.deadline = earlier(guest.watchdog.kills, guest.watchdog.asks);
    timer_program();
}

void watchdog_progress(void)
{
    if (!guest.watchdog.ticks)
        return;
    guest.watchdog.kills = rdtsc() + guest.watchdog.ticks;
    set_watchdog();
}

void watchdog_look(u64 now)
{
    if (!guest.watchdog.deadline || now < guest.watchdog.deadline)
        return;
    if (guest.watchdog.asks && now >= guest.watchdog.asks) {
        guest.watchdog.asks = 0;
        guest.watchdog.deadline = guest.watchdog.kills;
        store_ask_shutdown();
    }
    if (guest.watchdog.kills && now >= guest.watchdog.kills)
        kill_guest("no mark passed for %lu ms of its time", ticks_to_ns(guest.watchdog.ticks) / 1000000);
}

void timer_interrupt(void)
{
    u64 now = rdtsc();

    *apic_register(APIC_EOI) = 0;
    if (this_timer()->deadline && now >= this_timer()->deadline) {
        this_timer()->deadline = 0;
        guest_timer_fires();
    }
    if (this_timer()->own_deadline && now >= this_timer()->own_deadline) {
        watchdog_look(now);
        if (guest_has_several()) {
            schedule_tick(now);
            return;
        }
        this_timer()->own_deadline = guest.watchdog.deadline;
    }
    program(now);
}

/* STI holds interrupts off for one more instruction, so none is missed. */
void timer_wait(void)
{
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}

void timer_wait_until(u64 deadline)
{
    this_timer()->own_deadline = guest.watchdog.deadline ? MIN(guest.watchdog.deadline, deadline) : deadline;
    program(rdtsc());
    timer_wait();
    this_timer()->own_deadline = guest.watchdog.deadline;
    program(rdtsc());
}

/* Runs the PIT's channel 2 for 10 ms and sees how far the other two come. */
static void calibrate(void)
{
    const u32 pit_ticks = 11932; /* 1,193,182 Hz */
    u64 start;
    u32 apic_start;

    outb(0x61, (inb(0x61) & ~2u) | 1); /* gate on, speaker off */
    outb(0x43, 0xb0);                  /* channel 2, mode 0 */
    outb(0x42, pit_ticks & 0xff);
    *apic_register(APIC_INITIAL_COUNT) = 0xffffffff;
    outb(0x42, pit_ticks >> 8);
    start = rdtsc();
    apic_start = *apic_register(APIC_CURRENT_COUNT);
    while (!(inb(0x61) & 0x20))
        ;
    if (!tsc_khz)
        tsc_khz = (rdtsc() - start) / 10;
    if (!apic_khz)
        apic_khz = (apic_start - *apic_register(APIC_CURRENT_COUNT)) / 10;
    *apic_register(APIC_INITIAL_COUNT) = 0;
}

static void set_clock_scale(void)
{
    u64 mul = (1000000ull << 32) / tsc_khz;

    clock_shift = 0;
    while (mul >> 32) {
        mul >>= 1;
        clock_shift++;
    }
    while (!(mul >> 31)) {
        mul <<= 1;
        clock_shift--;
    }
    clock_mul = (u32)mul;
}

void timer_init(const char *command_line)
{
    map_hypervisor_page(APIC_VA, APIC_ADDRESS, PTE_P | PTE_W | PTE_PCD | PTE_NX);
    wrmsr(MSR_APIC_BASE, APIC_ADDRESS | 0x800); /* enabled, xAPIC */
    *apic_register(APIC_SPURIOUS) = 0x100 | VECTOR_SPURIOUS;
    *apic_register(APIC_DIVIDE) = 0xb; /* by 1 */
    *apic_register(APIC_LVT_TIMER) = APIC_MASKED | VECTOR_TIMER;
    /* Everything that the firmware left on at the legacy controllers stays off. */
    outb(0x21, 0xff);
    outb(0xa1, 0xff);

    tsc_khz = option_number(command_line, "tsc_khz", 0);
    apic_khz = option_number(command_line, "apic_khz", 0);
    if (!tsc_khz || !apic_khz)
        calibrate();
    if (!tsc_khz || !apic_khz)
        panic("the clocks do not run: tsc_khz=%lu apic_khz=%lu", tsc_khz, apic_khz);
    set_clock_scale();
    *apic_register(APIC_LVT_TIMER) = VECTOR_TIMER;
    guest.boot_tsc = rdtsc();
    guest.watchdog.ticks = ns_to_ticks(option_number(command_line, "watchdog_ms", 0) * 1000000);
    guest.watchdog.ask_ticks = ns_to_ticks(option_number(command_line, "shutdown_ms", 0) * 1000000);
    watchdog_progress();
}

void watchdog_begin_asking(void)
{
    if (!guest.watchdog.ask_ticks)
        return;
    guest.watchdog.asks = rdtsc() + guest.watchdog.ask_ticks;
    set_watchdog();
}
