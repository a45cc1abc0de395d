/* export_common.c: names, numbers and the walk through a result that the exports share. */
#include "reports/export/export.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void export_number(double value, FILE *out)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fputs(text, out);
}

json_t *export_json_number(double value)
{
    return value == floor(value) && fabs(value) < 9e15 ? json_integer((json_int_t)value) : json_real(value);
}

void export_name(const struct model_row *row, const struct model_column *column, char *into, size_t size)
{
    snprintf(into, size, "%s/%s/%s%s", row->label, column->hypervisor, column->mode,
             strcmp(column->machine, "lab") == 0 ? "" : "/host");
}

void export_each(const struct model *m, export_visit *visit, void *with)
{
    const struct result *r = m->result;
    const json_t *runs = json_object_get(r->document, "runs");
    for (size_t i = 0; i < r->runs; i++) {
        const json_t *list = json_object_get(json_array_get(runs, i), "benchmarks");
        for (size_t j = 0; j < r->run[i].benchmarks; j++)
            if (model_has(m, &r->run[i], &r->run[i].benchmark[j]))
                visit(&r->run[i], &r->run[i].benchmark[j], json_array_get(list, j), with);
    }
}

double export_entries(const struct result_benchmark *b)
{
    double sum = 0;
    for (size_t i = 0; i < b->entries.kinds; i++)
        sum += b->entries.kind[i].count;
    return b->entries.total >= 0 ? b->entries.total : sum;
}
