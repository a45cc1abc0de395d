/* perfc_watch.c: a reading that fails ends the matter, with its reason; the counts of the trace do not depend on it. */
#include "hypervisor-harness/xen-domain/perfc_watch.h"

#include <string.h>

void perfc_watch_open(struct perfc_watch *o)
{
    *o = (struct perfc_watch){0};
    o->perfc = perfc_open(o->none, sizeof(o->none));
}

void perfc_watch_read(struct perfc_watch *o, struct xen_counts *into)
{
    if (o->perfc && perfc_read(o->perfc, into, o->none, sizeof(o->none)))
        perfc_watch_close(o);
}

void perfc_watch_print(struct perfc_watch *o, struct xen_trace *t, FILE *out)
{
    if (o->perfc && xen_trace_lost(t)) {
        snprintf(o->none, sizeof(o->none), "Xen's trace lost records");
        perfc_watch_close(o);
    }
    if (!o->perfc)
        fprintf(out, "M opinion none reason=%s\n", o->none);
    else if (!xen_perfc_compare(&o->readings, xen_trace_counts(t), xen_trace_last_call(t), out, o->difference,
                                sizeof(o->difference)))
        xen_trace_doubt(t, o->difference);
}

void perfc_watch_close(struct perfc_watch *o)
{
    perfc_close(o->perfc);
    o->perfc = NULL;
}
