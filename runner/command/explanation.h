/*
 * explanation.h: in which functions the instructions are, in a file beside the result: it is many times as large.
 */
#ifndef RUNNER_EXPLANATION_H
#define RUNNER_EXPLANATION_H

#include "runner/common/error.h"

#include <jansson.h>

/*
 * Takes the explanations out of `runs`, as the result has them, and writes them (common/beside.h says where); in each
 * run their hash stays. Nothing is written where there are none.
 */
int explanation_publish(const char *result, const json_t *suite, json_t *runs, struct pvb_error *e);

#endif
