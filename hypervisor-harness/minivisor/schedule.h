/*
 * schedule.h: the turns that the guest's vCPUs take on the one processor.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "types.h"

#include <pvbench/params.h>

struct vcpu;

/* What a vCPU waits for, and what it leaves behind on the processor while it does: a member of struct vcpu (guest.h).
 */
struct turn {
    unsigned int number;
    bool up;
    bool waits;                               /* for its mode to say that the wait is over, or for `wake_at` */
    u64 wake_at;                              /* TSC; 0: for ever */
    u64 *stack;                               /* where it goes on, when it is not running */
    u64 left_tsc;                             /* since when it is not */
    u64 wait_tsc;                             /* ticks in which it wanted the processor, and another one had it */
    u64 down_tsc;                             /* ticks in which it was down */
    u8 fpu[512] __attribute__((aligned(16))); /* FXSAVE, AMD APM vol. 2, 11.4.4 */
};

/* Of the guest: all its vCPUs, and the turn that is under way. */
struct turns {
    unsigned int count;
    struct vcpu *vcpu[PVB_VCPUS_MAX]; /* in the direct map; the running one is also at its own place */
    u64 window[PVB_VCPUS_MAX];        /* the entry that shows it there */
    u64 *window_slot;
    u64 slice_end;    /* TSC; 0: nobody else is up, or the processor sleeps */
    bool asleep;      /* nobody has the processor */
    u64 switched_tsc; /* when the processor last changed its vCPU: the one pays up to here, the other from here on */
};

/* So many vCPUs, of which the first is up and running. */
void schedule_init(unsigned int count);

/*
 * These are of a guest with several vCPUs. What they take of other vCPUs' time is
 * none of the entry under way.
 */
void schedule_wait(u64 wake_at); /* until what the mode waits for has come, or it is up again, or until `wake_at` */
void schedule_yield(void);       /* to the next one that can run, if there is one */
void schedule_up(struct vcpu *vcpu);
void schedule_down(struct vcpu *vcpu);

/* The processor's timer has reached a moment that is not the running vCPU's own. */
void schedule_tick(u64 now);

/* The next such moment, TSC; 0: there is none. */
u64 schedule_deadline(void);

/* A vCPU that is to begin: at `entry`, with the stack of its own below `stack` (in the direct map). */
void turn_begin(struct vcpu *vcpu, u64 *stack, void (*entry)(void));

/* switch.S: leaves this stack for the one whose window's entry is `window`, and comes back when that is shown again. */
void vcpu_switch(u64 *slot, u64 window, u64 cr3, u64 **stack);

#endif
