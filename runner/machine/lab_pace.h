/* lab_pace.h: from a boot's time to that of the lab's clock. */
#ifndef RUNNER_LAB_PACE_H
#define RUNNER_LAB_PACE_H

#include "runner/hypervisor/recipe.h"

#define LAB_TICKS_A_SECOND 1000000000ull

/* Of the lab's clock, for a boot that may take `timeout_s`: at least 1. */
unsigned lab_seconds(const struct lab_pace *pace, unsigned timeout_s);

#endif
