/*
 * vcpus.h: what the common part of several vCPUs (smp.c) and the modes' (pv/vcpus.c, hvm/vcpus.c) know of each other.
 */
#ifndef GUEST_VCPUS_H
#define GUEST_VCPUS_H

#include "internal.h"
#include "smp.h"

#define VCPUS_MAX  PVB_VCPUS_MAX
#define STACK_SIZE 8192ul

/* Each partner's own, of smp.c. */
extern uint8_t vcpu_stacks[VCPUS_MAX][STACK_SIZE];

static inline char *vcpu_stack_top(unsigned vcpu)
{
    return (char *)vcpu_stacks[vcpu] + STACK_SIZE;
}

/* By the stack that it runs on; the first vCPU's lie elsewhere. */
static inline unsigned vcpu_here(void)
{
    const uintptr_t offset = (uintptr_t)__builtin_frame_address(0) - (uintptr_t)vcpu_stacks;
    return offset < sizeof(vcpu_stacks) ? (unsigned)(offset / STACK_SIZE) : 0;
}

/* --- provided by smp.c -------------------------------------------------------------- */

void vcpu_partner(unsigned vcpu) __attribute__((noreturn)); /* where a partner begins, its interrupts masked */

/*
 * A partner's interrupt was a call; the same of the first vCPU's was an answer. False: it was neither, and is not to be
 * ended (hvm/apic.c says why there may be one too many).
 */
bool vcpu_take_call(unsigned vcpu);
void vcpu_called(unsigned vcpu, uint64_t at); /* the call itself, once its interrupt has ended */

/* --- provided by the mode ----------------------------------------------------------- */

const char *mode_vcpus_init(void); /* once, before anything below; NULL, or why there can be no partners */
void mode_vcpu_up(unsigned vcpu);  /* to vcpu_partner(), at the first time and at each one after a stop */
void mode_vcpu_down(
    unsigned vcpu);             /* by itself, when it was asked to stop; comes back, if at all, once it is up again */
bool mode_vcpu_goes_down(void); /* else whoever starts it stops it, too */
void mode_vcpu_halt(unsigned vcpu); /* interrupts masked before and after, open while halted */
const char *mode_no_events(void);   /* NULL: there are event channels for calls */
void mode_call(enum guest_call how, unsigned first, unsigned end); /* vCPUs from the first on, before the end */
const char *mode_no_kicks(void);
const char *mode_no_looking(void); /* NULL: who is woken takes the processor at once, or has one of its own */
void mode_kick(unsigned vcpu);
void mode_kick_wait(unsigned vcpu);
bool mode_shootdown(const volatile void *address, unsigned vcpus); /* false: only here, and each must do it itself */

#endif
