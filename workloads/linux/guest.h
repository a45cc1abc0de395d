/* guest.h: what the Linux guest says and how it marks, whatever is below it; guest.c. */
#ifndef WORKLOADS_LINUX_GUEST_H
#define WORKLOADS_LINUX_GUEST_H

#include <stdint.h>

/* Finds out where it is by the kernel's command line, and mounts what there is to mount. */
void guest_begin(void);

/* Of the command line: "pv", "pvh", "hvm"; "xen", "kvm", "minivisor", "none". */
const char *guest_mode(void);
const char *guest_platform(void);

/* A line of include/pvbench/log.h, with its newline. */
void guest_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The mark of a region's end or beginning: an entry that every collector sees, from user mode. */
void guest_mark(uint32_t mark);

/* Whoever reads its words has gone to sleep. */
void guest_settle(void);

/* Those of the kernel's clock so far: of its tick, and of whatever waits for a time. */
uint64_t guest_clock_interrupts(void);

/* Ticks a millisecond, held against the kernel's clock; always the same. */
uint64_t guest_tsc_khz(void);

void guest_end(int good) __attribute__((noreturn));

/* LFENCE is dispatch serializing: nothing leaks into or out of the span. */
static inline uint64_t tsc_now(void)
{
    uint32_t low, high;
    asm volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

#endif
