/* catalogue.h: the workloads that there are, as the guest images themselves say. */
#ifndef RUNNER_CATALOGUE_H
#define RUNNER_CATALOGUE_H

#include "runner/carrier/image.h"
#include "runner/common/paths.h"
#include "runner/plan/suite.h"

/* The names point into `image`, which the caller frees afterwards. */
int catalogue_load(struct catalogue *c, struct image *image, const struct paths *paths, struct pvb_error *e);

#endif
