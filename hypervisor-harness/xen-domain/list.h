/*
 * list.h: the domains of this Xen host, as `xl list` has them.
 */
#ifndef XEN_DOMAIN_LIST_H
#define XEN_DOMAIN_LIST_H

#include <stddef.h>
#include <stdio.h>

/* An array of JSON, as runner/hypervisor/domains.h describes its members, on `out`. -1 with the reason in `why`. */
int list_domains(FILE *out, char *why, size_t size);

#endif
