/*
 * export_openmetrics.c: for Prometheus. The text is OpenMetrics, and at the
 * same time the older text format (0.0.4), which is all that node_exporter's
 * textfile collector and promtool read: UNIT and EOF are comments there, but a
 * type that it does not know (info) is an error. So all of it is gauges:
 * a result is a state, nothing that goes on counting. Time is in seconds.
 */
#include "reports/export/export.h"

#include <string.h>

static void label_value(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            fputc('\\', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
}

static void labels(const struct model *m, unsigned column, size_t row, FILE *out)
{
    const struct model_column *c = &m->column[column];
    fprintf(out, "suite=\"%s\",hypervisor=\"%s\",mode=\"%s\",machine=\"%s\",workload=\"%s\"", m->result->suite,
            c->hypervisor, c->mode, c->machine, m->row[row].label);
}

static void family(const char *name, const char *unit, const char *help, FILE *out)
{
    fprintf(out, "# TYPE %s gauge\n", name);
    if (*unit)
        fprintf(out, "# UNIT %s %s\n", name, unit);
    fprintf(out, "# HELP %s %s\n", name, help);
}

/* A unit's name in the format's spelling, and what a value is multiplied by. */
static const char *unit_of(const char *unit, double *scale)
{
    *scale = strcmp(unit, "ns") == 0 ? 1e-9 : 1;
    return strcmp(unit, "ns") == 0 ? "seconds" : unit;
}

/* Only what may stand in a metric's name. */
static bool plain(const char *unit)
{
    return *unit && strspn(unit, "abcdefghijklmnopqrstuvwxyz") == strlen(unit);
}

static void costs(const struct model *m, unsigned first, FILE *out)
{
    char name[96];
    double scale;
    const char *spelled = unit_of(m->column[first].unit, &scale);
    snprintf(name, sizeof(name), "pvbench_cost_%s", spelled);
    family(name, spelled, "Median cost of one operation as the guest sees it.", out);
    for (unsigned column = first; column < m->columns; column++)
        for (size_t row = 0; row < m->rows; row++) {
            const struct model_cell *cell = model_at(m, row, column);
            if (!cell->has_cost || m->column[column].mixed_units ||
                strcmp(unit_of(m->column[column].unit, &scale), spelled) != 0)
                continue;
            fprintf(out, "%s{", name);
            labels(m, column, row, out);
            fputs("} ", out);
            export_number(cell->cost * scale, out);
            fputc('\n', out);
        }
}

/* A family stands there once, whatever its unit is called in the result. */
static void all_costs(const struct model *m, FILE *out)
{
    double scale;
    for (unsigned i = 0; i < m->columns; i++) {
        bool told = !plain(m->column[i].unit);
        for (unsigned j = 0; j < i; j++)
            told = told || strcmp(unit_of(m->column[j].unit, &scale), unit_of(m->column[i].unit, &scale)) == 0;
        if (!told)
            costs(m, i, out);
    }
}

static void entries(const struct model *m, FILE *out)
{
    family("pvbench_entries", "entries", "Entries into the hypervisor during one operation.", out);
    for (unsigned column = 0; column < m->columns; column++)
        for (size_t row = 0; row < m->rows; row++) {
            const struct model_cell *cell = model_at(m, row, column);
            for (size_t i = 0; i < cell->kinds; i++) {
                fputs("pvbench_entries{", out);
                labels(m, column, row, out);
                fprintf(out, ",class=\"%s\",kind=\"%s\"} ", result_classes[cell->kind[i].class], cell->kind[i].name);
                export_number(cell->kind[i].per_operation, out);
                fputc('\n', out);
            }
        }
}

/* What was not measured has no cost above; here it is a 0 that an alarm can see. */
static void measured(const struct model *m, FILE *out)
{
    family("pvbench_workload_ok", "", "1: every boot measured it. 0: it was skipped, crashed or timed out.", out);
    for (unsigned column = 0; column < m->columns; column++)
        for (size_t row = 0; row < m->rows; row++) {
            const struct model_cell *cell = model_at(m, row, column);
            if (!cell->any)
                continue;
            fputs("pvbench_workload_ok{", out);
            labels(m, column, row, out);
            fprintf(out, "} %d\n", cell->boots && !cell->bad);
        }
}

void export_openmetrics(const struct model *m, FILE *out)
{
    family("pvbench_result_info", "", "Where the numbers come from.", out);
    fputs("pvbench_result_info{suite=\"", out);
    label_value(m->result->suite, out);
    fputs("\",date=\"", out);
    label_value(m->result->date, out);
    fputs("\",version=\"", out);
    label_value(m->result->pvbench, out);
    fputs("\",revision=\"", out);
    label_value(m->result->revision, out);
    fputs("\"} 1\n", out);
    all_costs(m, out);
    entries(m, out);
    measured(m, out);
    fputs("# EOF\n", out);
}
