/*
 * smp.h: what a workload of several virtual processors may know besides guest.h.
 *
 * vCPU 0 measures and marks; the others are its partners. There may be fewer processors than vCPUs, or only one, so
 * nobody waits by looking at memory, unless guest_no_looking() is asked first: whoever waits halts, and is woken by an
 * interrupt (an event) or a kick.
 */
#ifndef GUEST_SMP_H
#define GUEST_SMP_H

#include "guest.h"

unsigned guest_vcpus(void); /* of this guest */

/*
 * For setup: vCPUs 1 to `partners` are up, and halted. NULL, or why they are not. They stay up when the workload is
 * done: to start one is a workload of its own.
 */
const char *guest_partners(struct guest_run *run, unsigned partners);

/* For reset, and behind a setup: sleeps until all partners have halted. With a chunk of 1 each iteration begins so. */
void guest_rest(void);

/* How a partner is called: by what the mode has for interrupts among processors, or by an event channel of Xen's. */
enum guest_call { CALL_INTERRUPT, CALL_EVENT };
const char *guest_no_call(enum guest_call how); /* NULL when there is a way */

/* Calls partners 1 to `count`: each does `work` in its interrupt's handler, NULL: nothing, and the last one calls us
 * back. */
void guest_call(enum guest_call how, unsigned count, void (*work)(void));
void guest_await_answers(void); /* halts until it does */

uint64_t guest_called_at(unsigned partner); /* the time of its handler's first instruction */

/* --- waits that look at memory ---------------------------------------------------- */

/* NULL; or why they would hold a slice of time: a vCPU that is woken waits until the one that looks has had its own. */
const char *guest_no_looking(void);

/* Calls partner 1, whose answer is a word in memory, and looks until it is there. */
void guest_call_and_look(void);

/* --- a partner that does something of its own, outside of any handler ------------ */

void guest_partner_run(unsigned partner, void (*job)(unsigned vcpu)); /* wakes it for that */
void guest_partner_join(void);                                        /* halts until the job is done */

/* One's own vCPU halts until an interrupt has come; for loops that look at something. */
void guest_halt_once(unsigned vcpu);
void guest_wake(unsigned vcpu); /* by an interrupt that says nothing else */

/* The kicks of a paravirtual lock: to another vCPU, that waits or will wait. */
const char *guest_no_lock_kicks(void); /* NULL when there are some; they stay */
void guest_lock_kick(unsigned vcpu);
void guest_lock_wait(unsigned vcpu); /* one's own number */

/* --- */

/* No vCPU has this page's translation any more, of all that there are. */
void guest_shootdown(const volatile void *address);

/* A partner that is up goes down, as far as the mode has it; and is started, until its first instruction in C. */
void guest_partner_stop(unsigned partner);
uint64_t guest_partner_start(unsigned partner); /* the time of that instruction */

#endif
