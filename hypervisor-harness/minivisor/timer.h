/*
 * timer.h: time, and the one timer of the processor, shared by the guest's
 * timer and the watchdog.
 *
 * Time is counted in ticks of the TSC. In the lab that is one tick an
 * instruction, and 1,000,000 kHz by definition.
 */
#ifndef TIMER_H
#define TIMER_H

#include "types.h"

/* What one processor of the guest's waits for, at times of the TSC; 0: nothing. */
struct vcpu_timer {
    u64 deadline;     /* the guest's */
    u64 own_deadline; /* the minivisor's: the watchdog's, or before it the end of a sleep, or what other vCPUs wait for
                       */
};

/* What the whole guest must do in time (watchdog_progress()), and when it is asked to end. Moments are 0 when there is
 * none. */
struct watchdog {
    u64 ticks, ask_ticks;
    u64 deadline; /* the earlier one of these */
    u64 kills, asks;
};

/* Needs the command line's tsc_khz= and apic_khz=; measures what is not given. */
void timer_init(const char *command_line);

/* The computer's, and so is the scale below: its clock runs the same for every guest. */
extern u64 tsc_khz;

/* The paravirtual clock's scale: ns = ((ticks shifted by shift) * mul) >> 32 (struct vcpu_time_info). */
extern u32 clock_mul;
extern int clock_shift;

/* a * b / c with 128 bits in between; the result must fit into 64. */
static inline u64 mul_div(u64 a, u64 b, u64 c)
{
    u64 high;

    __asm__("mulq %2; divq %3" : "+a"(a), "=&d"(high) : "rm"(b), "r"(c) : "cc");
    return a;
}

u64 ticks_to_ns(u64 ticks);
u64 ns_to_ticks(u64 ns);

/*
 * Arms the guest's timer for the moment `deadline` (TSC), or disarms it
 * with 0. When it is reached, guest_timer_fires() is called, with the
 * processor's interrupts off, once.
 */
void timer_set(u64 deadline);
u64 timer_deadline(void);

/* Programs the hardware for this vCPU, which has got the processor, or for which something else has changed. */
void timer_program(void);

/* The earlier one of two moments, of which 0 is none. */
static inline u64 earlier(u64 a, u64 b)
{
    return !a || (b && b < a) ? b : a;
}

/* Kills a guest whose time is over, or asks it to end. */
void watchdog_look(u64 now);

/* The timer's interrupt arrived. */
void timer_interrupt(void);

/*
 * Lets an interrupt in that waits, between two steps of something long: the
 * watchdog strikes, the guest's timer is not late.
 */
static inline void interrupt_window(void)
{
    /* STI holds interrupts off for one more instruction. */
    __asm__ volatile("sti; nop; cli" : : : "memory");
}

/* Sleeps until an interrupt has come and been handled. */
void timer_wait(void);

/* The same, and at `deadline` (TSC, not 0) at the latest; the guest's timer goes on beside it. */
void timer_wait_until(u64 deadline);

/* What the guest's kind does when its timer is due: pv/events.c or hvm/apic.c. */
void guest_timer_fires(void);

/* The guest has a store now, in which it can be asked to end. */
void watchdog_begin_asking(void);

/* Sign of life from the guest: a mark. The watchdog counts from here. */
void watchdog_progress(void);

#endif
