/*
 * calibrate.c: how fast the TSC and the APIC timer tick. Full
 * virtualization asks no hypervisor, so they are held against a clock of
 * known speed: the ACPI power management timer, else channel 2 of the 8254.
 */
#include "hvm.h"

#define PM_TIMER_HZ 3579545ul /* ACPI 6.5, 4.8.2.1 */
#define PIT_HZ      1193182ul
#define SPAN_MS     4ul /* one poll of a microsecond is 250 ppm of it */

uint64_t tsc_khz, apic_khz;
bool hvm_clock_told;

static struct vcpu_time_info clock;
volatile struct vcpu_time_info *mode_time = &clock;

/* As Xen does it (xen/xen.h): ns = ((ticks << shift) * mul) >> 32, with the largest mul that fits. */
static void set_clock(void)
{
    uint64_t khz = tsc_khz;
    while (khz <= 1000000) {
        khz <<= 1;
        clock.tsc_shift++;
    }
    while (khz > 2000000) {
        khz >>= 1;
        clock.tsc_shift--;
    }
    clock.tsc_to_system_mul = (uint32_t)((1000000ul << 32) / khz);
    clock.tsc_timestamp = tsc_now();
}

struct instant {
    uint64_t tsc, apic;
};

static struct instant now(void)
{
    return (struct instant){tsc_now(), hvm_apic_count()};
}

/* 24 bits are there in every implementation. */
static uint32_t pm_ticks(uint16_t port)
{
    return inl(port) & 0xffffff;
}

static void by_pm_timer(uint16_t port, struct instant *from, struct instant *to, uint64_t *ticks)
{
    uint32_t first, edge = pm_ticks(port), last;
    while ((first = pm_ticks(port)) == edge)
        ;
    *from = now();
    do {
        last = pm_ticks(port);
    } while (((last - first) & 0xffffff) < PM_TIMER_HZ * SPAN_MS / 1000);
    *to = now();
    *ticks = (last - first) & 0xffffff;
}

/* Port 0x61: bit 0 the gate of channel 2, bit 1 the speaker, bit 5 the output (Intel 8254 data sheet, mode 0). */
static bool by_pit(struct instant *from, struct instant *to, uint64_t *ticks)
{
    *ticks = PIT_HZ * SPAN_MS / 1000;
    outb(0x61, (inb(0x61) & ~2) | 1);
    outb(0x43, 0xb0); /* channel 2, two bytes, mode 0: the output rises at the end */
    outb(0x42, (uint8_t)*ticks);
    outb(0x42, (uint8_t)(*ticks >> 8));
    *from = now();
    if (inb(0x61) & 0x20)
        return false; /* high at once: nothing counts there */
    while (!(inb(0x61) & 0x20))
        ;
    *to = now();
    return true;
}

/* The speed of the TSC has been told; the APIC's is held against it. */
static void by_tsc(void)
{
    struct instant from, to;
    for (from = to = now(); to.tsc - from.tsc < tsc_khz * SPAN_MS;)
        to = now();
    apic_khz = (from.apic - to.apic) * tsc_khz / (to.tsc - from.tsc);
}

static bool by_hardware(const struct hvm_start_info *info)
{
    struct instant from, to;
    uint64_t ticks, hz;
    uint16_t port = hvm_pm_timer_port(info);
    if (port && inl(port) != ~0u) {
        hz = PM_TIMER_HZ;
        by_pm_timer(port, &from, &to, &ticks);
    } else if (by_pit(&from, &to, &ticks)) {
        hz = PIT_HZ;
    } else {
        return false;
    }
    tsc_khz = (to.tsc - from.tsc) * hz / ticks / 1000;
    apic_khz = (from.apic - to.apic) * hz / ticks / 1000; /* it counts down */
    return true;
}

static void calibrate(const struct hvm_start_info *info)
{
    /* KVM shows itself to be asked; whoever else there is, is asked only where there is no hardware. */
    if (platform != PLATFORM_KVM && by_hardware(info))
        return;
    tsc_khz = hvm_ask_tsc_khz();
    hvm_clock_told = tsc_khz;
    if (tsc_khz)
        by_tsc();
    else if (!by_hardware(info))
        guest_panic("no PM timer, no 8254 and no hypervisor to tell the TSC's speed");
}

void hvm_calibrate(const struct hvm_start_info *info)
{
    calibrate(info);
    if (!tsc_khz)
        guest_panic("the TSC does not tick");
    set_clock();
    hvm_apic_start();
}
