/*
 * xen_protections.h: what Xen says on its console of how it protects itself: the lines below "Speculative mitigation
 * facilities:". In the lab it stands in a file, on a host of Xen in the hypervisor's own ring.
 */
#ifndef COMMON_XEN_PROTECTIONS_H
#define COMMON_XEN_PROTECTIONS_H

#include <jansson.h>
#include <stdbool.h>

struct xen_protections {
    json_t *said; /* {"Xen settings": "BTI-Thunk: …", …}; the caller's */
    bool inside;
};

/* One line, which is changed. False: none that comes is one of them any more. */
bool xen_protections_line(struct xen_protections *p, char *line);

#endif
