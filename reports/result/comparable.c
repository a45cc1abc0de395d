/* comparable.c: two measurements and their definitions; comparable.h says what must be alike. */
#include "common/text.h"
#include "reports/result/comparable.h"
#include "reports/result/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FNV_BASE  0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static void add_to(struct comparable_before *into, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        into->sum = (into->sum ^ ((const unsigned char *)bytes)[i]) * FNV_PRIME;
}

static bool never_ran(const struct result_benchmark *b)
{
    return strcmp(b->status, "not_applicable") == 0 || strcmp(b->status, "skipped") == 0;
}

static bool ended_the_boot(const struct result_benchmark *b)
{
    return strcmp(b->status, "crashed") == 0 || strcmp(b->status, "timeout") == 0;
}

void comparable_before(struct comparable_before *into, const struct result_run *run, const struct result_benchmark *b)
{
    *into = (struct comparable_before){FNV_BASE, 0};
    for (const struct result_benchmark *e = run->benchmark; e < b; e++) {
        if (never_ran(e))
            continue;
        if (ended_the_boot(e)) {
            *into = (struct comparable_before){FNV_BASE, 0};
            continue;
        }
        add_to(into, e->name, strlen(e->name) + 1);
        add_to(into, e->status, strlen(e->status) + 1);
        add_to(into, &e->parameter, sizeof(e->parameter));
        add_to(into, &e->iterations, sizeof(e->iterations));
        add_to(into, &e->warmup, sizeof(e->warmup));
        into->workloads++;
    }
}

bool comparable_definitions(const struct result_benchmark *a, const struct result_benchmark *b)
{
    return strcmp(a->cost.unit, b->cost.unit) == 0 && a->cost.exact == b->cost.exact &&
           strcmp(a->cost.measures, b->cost.measures) == 0 && a->operations == b->operations;
}

static bool no(char *why, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool no(char *why, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vformat(why, size, format, args);
    va_end(args);
    return false;
}

static const char *class_of(bool exact)
{
    return exact ? "exact" : "noisy";
}

static bool same_operations(const struct model_cell *base, const struct model_cell *now, char *why, size_t size)
{
    if (base->operations == now->operations)
        return true;
    return no(why, size, "an iteration is %.0f operations, and was %.0f", now->operations, base->operations);
}

bool comparable_costs(const struct model_cell *base, const struct model_cell *now, char *why, size_t size)
{
    const struct result_benchmark *a = base->measured, *b = now->measured;
    if (base->mixed || now->mixed)
        return no(why, size, "its boots in the %s are in several units, or measure different things",
                  now->mixed ? "new result" : "base");
    if (strcmp(base->unit, now->unit) != 0)
        return no(why, size, "is in %.40s, and was in %.40s", now->unit, base->unit);
    if (base->exact != now->exact)
        return no(why, size, "is %s, and was %s", class_of(now->exact), class_of(base->exact));
    if (strcmp(a->cost.measures, b->cost.measures) != 0)
        return no(why, size, "measures something else: %.100s, and was %.100s", b->cost.measures, a->cost.measures);
    return same_operations(base, now, why, size);
}

bool comparable_entries(const struct model_cell *base, const struct model_cell *now, char *why, size_t size)
{
    return same_operations(base, now, why, size);
}

static bool same_before(const struct model_cell *base, const struct model_cell *now, char *why, size_t size)
{
    const struct comparable_before *a = &base->before, *b = &now->before;
    if (a->workloads == b->workloads && a->sum == b->sum)
        return true;
    if (a->workloads == b->workloads)
        return no(why, size, "other workloads, or more or less of them, ran before it in its boot than in the base's");
    return no(why, size, "%u other workloads ran before it in its boot, and %u in the base's", b->workloads,
              a->workloads);
}

bool comparable_colds(const struct model_cell *base, const struct model_cell *now, char *why, size_t size)
{
    const struct result_benchmark *a = base->any, *b = now->any;
    if (strcmp(a->cold_unit, b->cold_unit) != 0)
        return no(why, size, "is in %.40s, and was in %.40s", b->cold_unit, a->cold_unit);
    if (a->cold_exact != b->cold_exact)
        return no(why, size, "is %s, and was %s", class_of(b->cold_exact), class_of(a->cold_exact));
    return same_operations(base, now, why, size) && same_before(base, now, why, size);
}

bool comparable_samples(const struct model_cell *base, const struct model_cell *now, char *why, size_t size)
{
    const struct result_benchmark *a = base->any, *b = now->any;
    if (a->iterations != b->iterations)
        return no(why, size, "of %.0f iterations, and of %.0f in the base", b->iterations, a->iterations);
    if (a->warmup != b->warmup)
        return no(why, size, "after %.0f iterations of warm-up, and after %.0f in the base", b->warmup, a->warmup);
    return true;
}

bool comparable_steady(const struct model *m, unsigned column, const struct model_cell *base,
                       const struct model_cell *now, char *why, size_t size)
{
    return strcmp(m->column[column].hypervisor, "minivisor") == 0 || same_before(base, now, why, size);
}
