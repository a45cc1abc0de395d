/*
 * xen_here.h: is this computer's Linux the first domain of a Xen host?
 *
 * Of interest to whoever wants to make domains there, and to whoever reads
 * a clock that stands still while they run.
 */
#ifndef RUNNER_XEN_HERE_H
#define RUNNER_XEN_HERE_H

#include <stdbool.h>

/* By what xenfs says of this domain (Linux: drivers/xen/xenfs/super.c, capabilities_read). */
#define XEN_CAPABILITIES "/proc/xen/capabilities"

/* `root`: of the file system; "" for this computer's. */
bool xen_first_domain(const char *root);

#endif
