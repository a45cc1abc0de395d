/*
 * domains.h: what runs on this computer's hypervisors, one file a
 * hypervisor, for `pvbench domains`.
 *
 * Each domain is a JSON object:
 *   {"hypervisor": "xen", "name": "Domain-0", "id": 0 (xen) or "pid": 4711 (kvm), "mode": "pv"|"pvh"|"hvm",
 *    "memory_kib": N, "vcpus": N, "state": WORD, "cpu_seconds": X}
 * `memory_kib` is what the domain holds: what Xen has given it, what of its
 * process is resident with KVM. `state` is running, ready (it has work and waits
 * for a processor; Xen alone tells), blocked (it has none), paused, shutdown, crashed or
 * dying. `cpu_seconds` are those of all of its processors; with KVM those of its whole process.
 */
#ifndef RUNNER_DOMAINS_H
#define RUNNER_DOMAINS_H

#include "runner/common/error.h"

#include <jansson.h>

struct domain_source {
    const char *name; /* the hypervisor's */
    /*
     * Appends to the array. -1: none can be known, and `e` has the reason. 0:
     * `e` may say what could not be seen, and is otherwise left alone.
     */
    int (*list)(json_t *domains, struct pvb_error *e);
};

extern const struct domain_source domains_xen, domains_kvm;

#endif
