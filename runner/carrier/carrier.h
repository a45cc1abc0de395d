/*
 * carrier.h: what travels in the guest and carries the workloads there.
 *
 * "bare" is the guest image alone: the workloads over a start of day of a few pages. A new carrier is
 * one new file and one row in carriers.c.
 */
#ifndef RUNNER_CARRIER_H
#define RUNNER_CARRIER_H

#include "runner/carrier/image.h"

struct carrier {
    const char *name;
    /* Reads the file called `name` of the folder of images. */
    int (*load)(struct image *image, const char *folder, const char *name, struct pvb_error *e);
    /* Writes what boots into `path`: it runs these workloads. `flags`: PVB_PARAM_*. */
    int (*write)(const struct image *image, const struct pvb_param_workload *workloads, unsigned count, uint32_t flags,
                 const char *path, struct pvb_error *e);
};

extern const struct carrier carrier_bare;

/* NULL: there is none of that name. */
const struct carrier *carrier_find(const char *name);

#endif
