/* losses.h: what of a run is not as it should be, said on standard error. */
#ifndef RUNNER_LOSSES_H
#define RUNNER_LOSSES_H

#include <jansson.h>

/* Says every status that is not good; `runs` as in the result. Returns how many there are. */
unsigned losses_report(const json_t *runs);

#endif
