/*
 * paths.h: where the images and suites are, relative to the command itself,
 * so that a build tree and an installation both work from any folder.
 */
#ifndef RUNNER_PATHS_H
#define RUNNER_PATHS_H

#include "runner/common/error.h"

struct paths {
    char *images;                       /* guest-pv.elf, guest-hvm.elf, minivisor.elf, workloads.sha256 */
    char *suites;                       /* NAME.json */
    const char *kernel, *modules, *xen; /* in place of the lab's own; NULL: those */
    const char *guest_kernel;           /* of guests that are Linux; NULL: Debian's */
};

/* PVBENCH_IMAGES and PVBENCH_SUITES in the environment go first. */
int paths_find(struct paths *p, struct pvb_error *e);
void paths_free(struct paths *p);

/* The file of a suite that is given by its name or by a path; NULL with an error. */
char *paths_suite(const struct paths *p, const char *name_or_path, struct pvb_error *e);

#endif
