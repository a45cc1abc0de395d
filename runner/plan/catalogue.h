/* catalogue.h: the workloads that there are, as the guest images themselves say. */
#ifndef RUNNER_CATALOGUE_H
#define RUNNER_CATALOGUE_H

#include "runner/common/paths.h"
#include "runner/plan/suite.h"

/* To be freed even when it fails. */
int catalogue_load(struct catalogue *c, const struct paths *paths, struct pvb_error *e);
void catalogue_free(struct catalogue *c);

#endif
