/* parts.c: see parts.h. */
#include "reports/result/parts.h"

#include <string.h>

const char *const part_names[PARTS] = {"guest", "hypervisor", "back end: kernel", "back end: programs", "idle"};

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* The mean of those iterations that have it. */
static double latency(const json_t *parts, const char *key)
{
    const json_t *l = json_object_get(parts, key);
    return number(l, "samples") > 0 ? number(l, "total") / number(l, "samples") : 0;
}

bool parts_of(const struct model *m, size_t row, unsigned column, struct parts *into)
{
    static const char *const keys[PARTS] = {"guest", "hypervisor", "back_end_kernel", "back_end_user", "idle"};
    const json_t *parts = json_object_get(model_document(m, row, column), "parts");
    const double operations = number(parts, "samples") * model_at(m, row, column)->operations;
    if (operations <= 0)
        return false;
    *into = (struct parts){.unit = json_string_value(json_object_get(parts, "unit")),
                           .total = number(parts, "total") / operations,
                           .unattributed = number(parts, "unattributed") / operations,
                           .guest_kernel = number(parts, "guest_kernel") / operations,
                           .served = json_is_object(json_object_get(parts, "io_out")),
                           .out = latency(parts, "io_out"),
                           .in = latency(parts, "io_in")};
    for (unsigned i = 0; i < PARTS; i++)
        into->part[i] = number(parts, keys[i]) / operations;
    return true;
}

const char *parts_unit(const struct model *m)
{
    struct parts parts;
    const char *unit = NULL;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned column = 0; column < m->columns; column++) {
            if (!parts_of(m, row, column, &parts) || !parts.unit)
                continue;
            if (unit && strcmp(unit, parts.unit) != 0)
                return NULL;
            unit = parts.unit;
        }
    return unit;
}

bool parts_any(const struct model *m)
{
    struct parts parts;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned column = 0; column < m->columns; column++)
            if (parts_of(m, row, column, &parts))
                return true;
    return false;
}
