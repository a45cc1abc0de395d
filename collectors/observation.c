/* observation.c: making, faulting and freeing what observation.h describes. */
#include "collectors/observation.h"
#include "collectors/sources.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct observation *observation_new(const char *mode, const struct pvb_param_workload *asked, unsigned count)
{
    struct observation *o = calloc(1, sizeof(*o));
    if (!o)
        return NULL;
    o->mode = mode;
    o->asked = asked;
    o->count = count;
    o->current = -1;
    return o;
}

static void region_free(struct region *r)
{
    for (size_t i = 0; i < r->kinds; i++) {
        distribution_free(&r->kind[i].costs);
        free(r->kind[i].detail);
    }
    free(r->kind);
}

void observation_free(struct observation *o)
{
    if (!o)
        return;
    sources_close(o);
    for (unsigned i = 0; i < PVB_MAX_WORKLOADS; i++) {
        distribution_free(&o->bench[i].samples);
        free(o->bench[i].series);
        region_free(&o->bench[i].cold_region);
        region_free(&o->bench[i].steady_region);
    }
    free(o);
}

struct region *observation_region(struct observation *o, uint64_t id)
{
    if (id / 2 >= o->count)
        return NULL;
    struct bench *b = &o->bench[id / 2];
    return id == PVB_REGION_COLD(id / 2) ? &b->cold_region : &b->steady_region;
}

void observation_take_costs(struct observation *o, struct observation *undisturbed)
{
    sources_exchange_undisturbing(o, undisturbed);
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
    }
}

static void keep_first(char *fault, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void keep_first(char *fault, const char *format, va_list args)
{
    if (!fault[0])
        vsnprintf(fault, PVB_REASON_SIZE, format, args);
}

void observation_fault(struct observation *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keep_first(o->fault, format, args);
    va_end(args);
}

void bench_fault(struct bench *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keep_first(b->fault, format, args);
    va_end(args);
}

void region_fault(struct region *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keep_first(r->fault, format, args);
    va_end(args);
}
