/*
 * earlier.h: the result that has the name already. An hour of measuring is not written over by
 * accident: by a run of other hypervisors or fewer workloads, or by one that was interrupted.
 */
#ifndef RUNNER_EARLIER_H
#define RUNNER_EARLIER_H

#include "runner/plan/plan.h"

struct earlier {
    bool whole;          /* a result, of a run that came to its end */
    char unplanned[400]; /* what was measured in it and is not in the plan; "" when there is nothing */
};

/* What is no result, or cannot be read, holds nothing. */
void earlier_read(struct earlier *b, const char *path, const struct plan *plan);

#endif
