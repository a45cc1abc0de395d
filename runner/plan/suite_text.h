/*
 * suite_text.h: a suite as it would be run, with what the command line changes: the file that gives the same again.
 * What is not the suite's (the machine, its kernel, what is kept of it) is not in it.
 */
#ifndef RUNNER_SUITE_TEXT_H
#define RUNNER_SUITE_TEXT_H

#include "runner/plan/plan.h"

#include <jansson.h>

/* A new reference. */
json_t *suite_json_of(const struct plan *p, const struct narrowing *n);

#endif
