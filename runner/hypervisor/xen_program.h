/*
 * xen_program.h: the program that is linked with Xen's libraries, because
 * pvbench must start where they are missing.
 */
#ifndef RUNNER_XEN_PROGRAM_H
#define RUNNER_XEN_PROGRAM_H

#include <stdbool.h>

#define XEN_PROGRAM "pvbench-xen-domain"

/* Beside this program in a build tree, in lib/ when installed. The path, which the caller frees, or NULL. */
char *xen_program_find(void);

/* Is this the first domain of a Xen host? */
bool xen_first_domain(void);

#define XEN_CAPABILITIES "/proc/xen/capabilities"

#endif
