/*
 * export_json.c: the two services' formats that want one number a metric:
 * Bencher's (Bencher Metric Format) and that of github-action-benchmark
 * (for its customSmallerIsBetter).
 */
#include "reports/export/export.h"
#include "common/json_text.h"

static json_t *measure(double value)
{
    json_t *o = json_object();
    json_object_set_new(o, "value", export_json_number(value));
    return o;
}

void export_bencher(const struct model *m, FILE *out)
{
    json_t *document = json_object();
    char name[256];
    for (unsigned column = 0; column < m->columns; column++)
        for (size_t row = 0; row < m->rows; row++) {
            const struct model_cell *cell = model_at(m, row, column);
            json_t *o = json_object();
            export_name(&m->row[row], &m->column[column], name, sizeof(name));
            if (cell->has_cost) {
                json_t *cost = measure(cell->cost);
                if (cell->has_interval) {
                    json_object_set_new(cost, "lower_value", export_json_number(cell->interval_low));
                    json_object_set_new(cost, "upper_value", export_json_number(cell->interval_high));
                }
                json_object_set_new(o, m->column[column].unit, cost);
            }
            if (cell->has_entries)
                json_object_set_new(o, "entries", measure(cell->entries));
            if (json_object_size(o))
                json_object_set(document, name, o);
            json_decref(o);
        }
    json_print(document, JSON_INDENT(2), out);
}

static void append(json_t *list, const char *name, const char *unit, double value, const char *range, const char *extra)
{
    json_t *o = json_object();
    json_object_set_new(o, "name", json_text(name));
    json_object_set_new(o, "unit", json_text(unit));
    json_object_set_new(o, "value", export_json_number(value));
    if (*range)
        json_object_set_new(o, "range", json_text(range));
    if (*extra)
        json_object_set_new(o, "extra", json_string(extra));
    json_array_append_new(list, o);
}

void export_github_action(const struct model *m, FILE *out)
{
    json_t *list = json_array();
    char name[256], full[280], range[64], extra[512];
    for (unsigned column = 0; column < m->columns; column++)
        for (size_t row = 0; row < m->rows; row++) {
            const struct model_cell *cell = model_at(m, row, column);
            export_name(&m->row[row], &m->column[column], name, sizeof(name));
            *range = *extra = 0;
            if (cell->has_interval)
                snprintf(range, sizeof(range), "%.6g..%.6g", cell->interval_low, cell->interval_high);
            if (cell->has_cost)
                append(list, name, m->column[column].unit, cell->cost, range, "");
            size_t used = 0;
            for (size_t i = 0; i < cell->kinds && used < sizeof(extra) - 128; i++)
                used += (size_t)snprintf(extra + used, sizeof(extra) - used, "%s%s.%s: %.6g", i ? "\n" : "",
                                         result_classes[cell->kind[i].class], cell->kind[i].name,
                                         cell->kind[i].per_operation);
            snprintf(full, sizeof(full), "%s entries", name);
            if (cell->has_entries)
                append(list, full, "entries", cell->entries, "", extra);
        }
    json_print(list, JSON_INDENT(2), out);
}
