/*
 * export_csv.c: one line a number, for spreadsheets, R and pandas (RFC 4180).
 * Every boot stands for itself; a workload that was not measured has one
 * line with its status and no number.
 */
#include "reports/export/export.h"

#include <inttypes.h>
#include <string.h>

struct place {
    const struct result_run *run;
    const struct result_benchmark *b;
    FILE *out;
};

/* No field that comes here has a comma, a quote or the end of a line in it: they are names. */
static void line(const struct place *p, const char *metric, const char *class, const char *kind, const char *unit,
                 double value)
{
    fprintf(p->out, "%s,%s,%s,%" PRIu64 ",%s,%" PRIu64 ",%s,%s,%s,%s,%s,", p->run->hypervisor, p->run->mode,
            p->run->machine, p->run->boot, p->b->name, p->b->parameter, p->b->status, metric, class, kind, unit);
    if (*metric)
        export_number(value, p->out);
    fputs("\r\n", p->out);
}

static void visit(const struct result_run *run, const struct result_benchmark *b, const json_t *document, void *with)
{
    static const char *const figures[] = {"min", "median", "mean", "p99", "max"};
    const struct place p = {run, b, with};
    const json_t *cost = json_object_get(document, "cost");
    double operations = b->iterations * b->operations;
    if (strcmp(b->status, "ok") != 0) {
        line(&p, "", "", "", "", 0);
        return;
    }
    for (size_t i = 0; b->has_cost && i < sizeof(figures) / sizeof(figures[0]); i++) {
        const json_t *value = json_object_get(cost, figures[i]);
        if (json_is_number(value))
            line(&p, figures[i], "", "", b->cost.unit, json_number_value(value) / b->operations);
    }
    if (b->has_cold)
        line(&p, "cold", "", "", b->has_cost ? b->cost.unit : "", b->cold / b->operations);
    if (b->entries.known)
        line(&p, "entries", "", "", "entries", export_entries(b) / operations);
    for (size_t i = 0; i < b->entries.kinds; i++) {
        const struct result_kind *k = &b->entries.kind[i];
        line(&p, "kind", result_classes[k->class], k->name, "entries", k->count / operations);
        if (k->unit)
            line(&p, "handler", result_classes[k->class], k->name, k->unit, k->mean);
    }
}

void export_csv(const struct model *m, FILE *out)
{
    fputs("hypervisor,mode,machine,boot,workload,parameter,status,metric,class,kind,unit,value\r\n", out);
    export_each(m, visit, out);
}
