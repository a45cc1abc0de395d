/* perfc.c: reads the counters through libxenctrl. */
#include "hypervisor-harness/xen-domain/perfc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

#define COUNTERS_MAX 10000
#define VALUES_MAX   1000000

_Static_assert(sizeof(struct xen_perfc_counter) == sizeof(xc_perfc_desc_t), "a counter as Xen has it");

struct perfc {
    xc_interface *xc;
    int counters, values;
};

static int look(struct perfc *p, char *why, size_t size)
{
    xc_physinfo_t machine = {0};
    if (!p->xc || xc_physinfo(p->xc, &machine)) {
        snprintf(why, size, "libxenctrl cannot reach Xen: %s", strerror(errno));
        return -1;
    }
    if (xc_perfc_query_number(p->xc, &p->counters, &p->values)) {
        snprintf(why, size, "this Xen has no performance counters (it was built without CONFIG_PERF_COUNTERS): %s",
                 strerror(errno));
        return -1;
    }
    if (p->counters <= 0 || p->counters > COUNTERS_MAX || p->values <= 0 || p->values > VALUES_MAX) {
        snprintf(why, size, "Xen says that it has %d performance counters of %d values", p->counters, p->values);
        return -1;
    }
    if (machine.nr_cpus > 1) {
        snprintf(why, size, "Xen's performance counters are of all %u processors together, its trace is of one",
                 machine.nr_cpus);
        return -1;
    }
    return 0;
}

struct perfc *perfc_open(char *why, size_t size)
{
    struct perfc *p = calloc(1, sizeof(*p));
    if (!p) {
        snprintf(why, size, "out of memory");
        return NULL;
    }
    p->xc = xc_interface_open(NULL, NULL, 0);
    if (look(p, why, size) == 0)
        return p;
    perfc_close(p);
    return NULL;
}

int perfc_read(struct perfc *p, struct xen_counts *c, char *why, size_t size)
{
    DECLARE_HYPERCALL_BUFFER(xc_perfc_desc_t, counter);
    DECLARE_HYPERCALL_BUFFER(xc_perfc_val_t, value);
    counter = xc_hypercall_buffer_alloc(p->xc, counter, sizeof(*counter) * (size_t)p->counters);
    value = xc_hypercall_buffer_alloc(p->xc, value, sizeof(*value) * (size_t)p->values);
    int bad = !counter || !value || xc_perfc_query(p->xc, HYPERCALL_BUFFER(counter), HYPERCALL_BUFFER(value));
    if (bad)
        snprintf(why, size, "Xen's performance counters cannot be read: %s", strerror(errno));
    else
        bad = xen_perfc_decode(c, (const struct xen_perfc_counter *)counter, (size_t)p->counters, value,
                               (size_t)p->values, why, size);
    xc_hypercall_buffer_free(p->xc, counter);
    xc_hypercall_buffer_free(p->xc, value);
    return bad ? -1 : 0;
}

void perfc_close(struct perfc *p)
{
    if (p && p->xc)
        xc_interface_close(p->xc);
    free(p);
}
