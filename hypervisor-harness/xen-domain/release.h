/*
 * release.h: is the Xen that runs of the release that we were built for?
 *
 * Xen refuses a toolstack's requests (domctl, sysctl) when they are in the
 * terms of another release (public/domctl.h, XEN_DOMCTL_INTERFACE_VERSION),
 * and its libraries then say no more than that something was not permitted.
 */
#ifndef XEN_DOMAIN_RELEASE_H
#define XEN_DOMAIN_RELEASE_H

#include <stddef.h>

/* -1 with both versions and the mend in `why` when it is not. */
int release_check(char *why, size_t size);

#endif
