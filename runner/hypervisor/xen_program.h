/*
 * xen_program.h: the program that is linked with Xen's libraries, because
 * pvbench must start where they are missing.
 */
#ifndef RUNNER_XEN_PROGRAM_H
#define RUNNER_XEN_PROGRAM_H

#define XEN_PROGRAM "pvbench-xen-domain"

/* Beside this program in a build tree, in lib/ when installed. The path, which the caller frees, or NULL. */
char *xen_program_find(void);

#endif
