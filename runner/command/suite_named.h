/* suite_named.h: the suite that the command line names, with the workloads that it adds. */
#ifndef RUNNER_SUITE_NAMED_H
#define RUNNER_SUITE_NAMED_H

#include "runner/plan/plan.h"

int suite_named(struct suite *s, const char *name_or_path, const struct narrowing *n, struct pvb_error *e);

#endif
