/*
 * neighbours.h: the guests beside the measured one, where each is a process of this kernel: started before it, one
 * behind the other, and at work before it starts. (Xen's are domains of the program that makes the measured one.)
 *
 * What came of each, and what KVM and the scheduler counted of it during the measured guest's life, goes to the
 * collectors in the lines "M guest" of pvbench/log.h.
 */
#ifndef RUNNER_NEIGHBOURS_H
#define RUNNER_NEIGHBOURS_H

#include "runner/machine/machine.h"

struct neighbours;

/* Does this boot start them itself? */
bool neighbours_are_ours(const struct boot_order *order);

/* Each is at work, has ended, or was late and is ended. `first`: those of the measured one's first start, stopped, or
 * NULL; they are kept with the new ones, for what became of them. NULL with an error: this computer's fault. */
struct neighbours *neighbours_start(const struct boot_order *order, struct neighbours *first, struct pvb_error *e);

/* The measured one is done: tells the observation of each; one that was lost in the first start was lost. */
void neighbours_tell(struct neighbours *n, struct observation *seen);

/* Their processes; NULL is nothing. */
void neighbours_stop(struct neighbours *n);
void neighbours_free(struct neighbours *n);

#endif
