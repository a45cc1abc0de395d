/*
 * clock.c: the time in nanoseconds from the TSC, the way of Xen's and KVM's
 * paravirtual clock (struct vcpu_time_info in xen/xen.h). PV reads what the
 * hypervisor writes; HVM reads the same structure, filled by its own
 * calibration, so that both modes do the same arithmetic.
 */
#include "internal.h"
#include <xen/xen.h>

_Static_assert(sizeof(struct vcpu_time_info) == 32, "xen/xen.h");

static inline uint64_t rdtsc(void)
{
    uint32_t low, high;
    asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* (a * b) >> 32 without losing the high bits. */
static inline uint64_t scale(uint64_t a, uint32_t b)
{
    uint64_t low, high;
    asm("mulq %3" : "=a"(low), "=d"(high) : "a"(a), "rm"((uint64_t)b));
    return high << 32 | low >> 32;
}

uint64_t guest_clock_ns(void)
{
    volatile struct vcpu_time_info *t = mode_time;
    uint32_t version;
    uint64_t ns;
    do {
        version = t->version;
        uint64_t ticks = rdtsc() - t->tsc_timestamp;
        ticks = t->tsc_shift < 0 ? ticks >> -t->tsc_shift : ticks << t->tsc_shift;
        ns = t->system_time + scale(ticks, t->tsc_to_system_mul);
    } while (version != t->version || version & 1);
    return ns;
}

uint64_t clock_ticks(uint64_t nanoseconds)
{
    volatile struct vcpu_time_info *t = mode_time;
    uint32_t version;
    uint64_t tsc;
    do {
        version = t->version;
        uint64_t delta = nanoseconds - t->system_time, remainder, ticks;
        /* (delta << 32) / mul: the dividend has 96 bits, and the quotient fits for as long as a guest lives. */
        asm("divq %4"
            : "=a"(ticks), "=d"(remainder)
            : "a"(delta << 32), "d"(delta >> 32), "r"((uint64_t)t->tsc_to_system_mul));
        ticks = t->tsc_shift < 0 ? ticks << -t->tsc_shift : ticks >> t->tsc_shift;
        tsc = t->tsc_timestamp + ticks;
    } while (version != t->version || version & 1);
    return tsc;
}
