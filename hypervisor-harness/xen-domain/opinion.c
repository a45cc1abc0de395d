/* opinion.c: a reading that fails ends the matter, with its reason; the counts of the trace do not depend on it. */
#include "hypervisor-harness/xen-domain/opinion.h"

#include <string.h>

void opinion_open(struct opinion *o)
{
    *o = (struct opinion){0};
    o->perfc = perfc_open(o->none, sizeof(o->none));
}

void opinion_read(struct opinion *o, struct xen_counts *into)
{
    if (o->perfc && perfc_read(o->perfc, into, o->none, sizeof(o->none)))
        opinion_close(o);
}

void opinion_print(struct opinion *o, struct xen_trace *t, FILE *out)
{
    if (o->perfc && xen_trace_lost(t)) {
        snprintf(o->none, sizeof(o->none), "Xen's trace lost records");
        opinion_close(o);
    }
    if (!o->perfc)
        fprintf(out, "M opinion none reason=%s\n", o->none);
    else if (!xen_perfc_compare(&o->readings, xen_trace_counts(t), xen_trace_last_call(t), out, o->difference,
                                sizeof(o->difference)))
        xen_trace_doubt(t, o->difference);
}

void opinion_close(struct opinion *o)
{
    perfc_close(o->perfc);
    o->perfc = NULL;
}
