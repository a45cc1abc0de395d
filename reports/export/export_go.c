/*
 * export_go.c: Go's benchmark format, so that benchstat works on a result
 * unchanged: `benchstat -col /mode` gives PV beside HVM from one file.
 */
#include "reports/export/export.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

struct state {
    FILE *out;
    const struct model *model;
};

static void value(FILE *out, double number, const char *unit)
{
    fputc(' ', out);
    export_number(number, out);
    fprintf(out, " %s", unit);
}

static void visit(const struct result_run *run, const struct result_benchmark *b, const json_t *document, void *with)
{
    FILE *out = ((struct state *)with)->out;
    double operations = b->iterations * b->operations;
    char unit[96];
    (void)document;
    if (strcmp(b->status, "ok") != 0 || (!b->has_cost && !b->entries.known))
        return;
    fprintf(out, "Benchmark%c%s", toupper((unsigned char)b->name[0]), b->name + 1);
    if (b->parameter)
        fprintf(out, "/n=%" PRIu64, b->parameter);
    fprintf(out, "/mode=%s/hv=%s/machine=%s %.0f", run->mode, run->hypervisor, run->machine, operations);
    if (b->has_cost) {
        snprintf(unit, sizeof(unit), "%s/op", b->cost.unit);
        value(out, b->cost.median / b->operations, unit);
    }
    if (b->entries.known)
        value(out, export_entries(b) / operations, "entries/op");
    for (size_t i = 0; i < b->entries.kinds; i++) {
        const struct result_kind *k = &b->entries.kind[i];
        snprintf(unit, sizeof(unit), "%s.%s/op", result_classes[k->class], k->name);
        value(out, k->count / operations, unit);
    }
    fputc('\n', out);
}

/* A value of a configuration line ends with the line. */
static void configuration(FILE *out, const char *key, const char *text)
{
    if (*text)
        fprintf(out, "%s: %s\n", key, text);
}

static void units(const struct model *m, FILE *out)
{
    for (unsigned i = 0; i < m->columns; i++) {
        const struct model_column *c = &m->column[i];
        bool told = !*c->unit, exact = true;
        for (unsigned j = 0; j < i; j++)
            told = told || strcmp(m->column[j].unit, c->unit) == 0;
        for (unsigned j = 0; j < m->columns; j++)
            exact = exact && (strcmp(m->column[j].unit, c->unit) != 0 || m->column[j].exact);
        if (!told)
            fprintf(out, "Unit %s/op better=lower%s\n", c->unit, exact ? " assume=exact" : "");
    }
    bool vary = false;
    for (size_t i = 0; i < m->rows * m->columns; i++)
        vary = vary || m->cell[i].entries_differ;
    fprintf(out, "Unit entries/op better=lower%s\n", vary ? "" : " assume=exact");
}

void export_go(const struct model *m, FILE *out)
{
    struct state s = {out, m};
    configuration(out, "suite", m->result->suite);
    configuration(out, "date", m->result->date);
    configuration(out, "pvbench", m->result->pvbench);
    configuration(out, "commit", m->result->revision);
    units(m, out);
    export_each(m->result, visit, &s);
}
