/*
 * toolstack_step.h: what Xen's toolstack did for a guest, from the rest of a line that tells it: "ticks=T own_ns=T
 * store_ns=T store=N mappings=N K:C …" (pvbench/log.h, M step, M passage).
 */
#ifndef COLLECTORS_TOOLSTACK_STEP_H
#define COLLECTORS_TOOLSTACK_STEP_H

#include "collectors/words.h"

#include <jansson.h>

/* NULL: it is malformed. */
json_t *toolstack_step(struct words *w);

#endif
