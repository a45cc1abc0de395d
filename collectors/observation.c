/* observation.c: making, faulting and freeing what observation.h describes. */
#include "collectors/observation.h"
#include "collectors/sources.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct observation *observation_new(const char *mode, const struct pvb_param_workload *asked, unsigned count)
{
    struct observation *o = calloc(1, sizeof(*o));
    if (!o)
        return NULL;
    o->mode = mode;
    o->asked = asked;
    o->count = count;
    o->current = -1;
    o->interface = "";
    o->books.regions = 2 * count;
    return o;
}

void observation_free(struct observation *o)
{
    if (!o)
        return;
    sources_close(o);
    for (unsigned i = 0; i < PVB_MAX_WORKLOADS; i++) {
        distribution_free(&o->bench[i].samples);
        free(o->bench[i].series);
    }
    books_free(&o->books);
    free(o);
}

void observation_take_costs(struct observation *o, struct observation *undisturbed)
{
    sources_exchange_undisturbing(o, undisturbed);
    o->devices = undisturbed->devices;
    for (unsigned i = 0; i < o->count; i++) {
        struct bench *to = &o->bench[i], *from = &undisturbed->bench[i];
        if (to->state != BENCH_RESULT)
            continue;
        if (from->state != BENCH_RESULT || from->fault[0]) {
            bench_fault(to, "without anybody watching it had no result: %s",
                        from->fault[0] ? from->fault : from->reason);
            continue;
        }
        struct distribution disturbed = to->samples;
        uint64_t *series = to->series;
        to->samples = from->samples;
        from->samples = disturbed;
        to->series = from->series;
        from->series = series;
        to->series_count = from->series_count;
        to->warm_up = from->warm_up;
        to->cold = from->cold;
        memcpy(to->phase, from->phase, sizeof(to->phase));
        to->phases = from->phases;
    }
}

void observation_fault(struct observation *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fault_keep(o->fault, format, args);
    va_end(args);
}

void bench_fault(struct bench *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fault_keep(b->fault, format, args);
    va_end(args);
}
