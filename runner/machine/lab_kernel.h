/*
 * lab_kernel.h: a kernel of the user's, for a host in the lab.
 */
#ifndef RUNNER_LAB_KERNEL_H
#define RUNNER_LAB_KERNEL_H

#include "runner/common/files.h"

/* Is it one, by its format? */
int lab_kernel_check(const struct blob *kernel, const char *path, struct pvb_error *e);

#endif
