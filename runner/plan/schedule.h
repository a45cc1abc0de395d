/*
 * schedule.h: in which order guests boot on a computer that drifts.
 *
 * A block boots every guest twice: in a random order, then in that order
 * turned round (ABBA or BAAB with two). Within a block a drift that is linear
 * in time falls on all alike; which order it is, is drawn anew for each
 * block, so that nothing periodic on the host keeps step with a guest.
 */
#ifndef RUNNER_SCHEDULE_H
#define RUNNER_SCHEDULE_H

#include <stdint.h>

#define SCHEDULE_BLOCKS   8 /* on a host, unless something else is asked for */
#define SCHEDULE_SEED_MAX 0x7fffffffu

/* Fills `order` with 2 * n numbers below n. The same seed gives the same order everywhere; it is part of the format. */
void schedule_block(uint32_t seed, unsigned block, unsigned n, unsigned *order);

/* One that nobody has chosen, from 1 to SCHEDULE_SEED_MAX. */
uint32_t schedule_random_seed(void);

#endif
