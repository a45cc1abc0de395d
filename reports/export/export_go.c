/*
 * export_go.c: Go's benchmark format, so that benchstat works on a result
 * unchanged: `benchstat old.txt new.txt` gives one table a metric, and
 * `benchstat -col /mode` PV beside HVM from one file.
 */
#include "reports/export/export.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define ITERATIONS_MAX 9e18 /* an int of Go's; more is refused */

static void value(FILE *out, double number, const char *unit)
{
    fputc(' ', out);
    export_number(number, out);
    fprintf(out, " %s", unit);
}

static void visit(const struct result_run *run, const struct result_benchmark *b, const json_t *document, void *with)
{
    FILE *out = with;
    double operations = b->iterations * b->operations;
    char unit[96];
    (void)document;
    if (strcmp(b->status, "ok") != 0 || (!b->has_cost && !b->entries.known))
        return;
    fprintf(out, "Benchmark%c%s", toupper((unsigned char)b->name[0]), b->name + 1);
    if (b->parameter)
        fprintf(out, "/n=%" PRIu64, b->parameter);
    fprintf(out, "/mode=%s/hv=%s/machine=%s %.0f", run->mode, run->hypervisor, run->machine,
            fmin(operations, ITERATIONS_MAX));
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

/* --- units: said once each, whatever the column ------------------------------------------- */

/* All boots of all columns with this unit agree, and it is a count or a number of the lab's. */
static bool exact_cost(const struct model *m, const char *unit)
{
    for (size_t i = 0; i < m->rows * m->columns; i++) {
        const struct model_cell *cell = &m->cell[i];
        const struct model_column *c = &m->column[i % m->columns];
        if (strcmp(c->unit, unit) == 0 && cell->has_cost && (!c->exact || cell->boot[0] != cell->boot[cell->costs - 1]))
            return false;
    }
    return true;
}

/* benchstat takes a unit for exact only where it is told so, and asks for six samples otherwise. */
static void unit_line(json_t *said, const char *unit, bool exact, FILE *out)
{
    if (json_object_get(said, unit))
        return;
    fprintf(out, "Unit %s/op better=lower%s\n", unit, exact ? " assume=exact" : "");
    json_object_set_new(said, unit, json_true());
}

static void cost_units(const struct model *m, json_t *said, FILE *out)
{
    for (size_t i = 0; i < m->result->runs; i++)
        for (size_t j = 0; j < m->result->run[i].benchmarks; j++) {
            const struct result_benchmark *b = &m->result->run[i].benchmark[j];
            if (b->has_cost)
                unit_line(said, b->cost.unit, exact_cost(m, b->cost.unit), out);
        }
}

static bool exact_kind(const struct model *m, const struct model_kind *kind)
{
    for (size_t i = 0; i < m->rows * m->columns; i++)
        for (size_t k = 0; k < m->cell[i].kinds; k++) {
            const struct model_kind *other = &m->cell[i].kind[k];
            if (other->class == kind->class && strcmp(other->name, kind->name) == 0 &&
                (other->least != other->most || other->boots != m->cell[i].counted))
                return false;
        }
    return true;
}

static void entry_units(const struct model *m, json_t *said, FILE *out)
{
    bool vary = false;
    char unit[96];
    for (size_t i = 0; i < m->rows * m->columns; i++)
        vary = vary || m->cell[i].entries_differ;
    unit_line(said, "entries", !vary, out);
    for (size_t i = 0; i < m->rows * m->columns; i++)
        for (size_t k = 0; k < m->cell[i].kinds; k++) {
            const struct model_kind *kind = &m->cell[i].kind[k];
            snprintf(unit, sizeof(unit), "%s.%s", result_classes[kind->class], kind->name);
            if (!json_object_get(said, unit))
                unit_line(said, unit, exact_kind(m, kind), out);
        }
}

/*
 * A configuration line ("key: value") makes a table of its own of what it stands above: benchstat puts two files
 * beside each other only where they agree in all of them. So the suite is one, and what
 * differs from night to night is a comment.
 */
static void head(const struct result *r, FILE *out)
{
    fprintf(out, "# pvbench %s, %s, revision %s\n", *r->pvbench ? r->pvbench : "of unknown version",
            *r->date ? r->date : "date unknown", *r->revision ? r->revision : "unknown");
    fprintf(out, "suite: %s\n", r->suite);
}

void export_go(const struct model *m, FILE *out)
{
    json_t *said = json_object();
    head(m->result, out);
    cost_units(m, said, out);
    entry_units(m, said, out);
    json_decref(said);
    export_each(m, visit, out);
}
