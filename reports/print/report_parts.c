/*
 * report_parts.c: --parts: whose the instructions of an operation are, what of them lies between guest and back end,
 * and how many operations a million instructions make. On a host whose the time is, and how much of it is nobody's.
 */
#include "reports/common/number.h"
#include "reports/print/report_print.h"
#include "reports/result/parts.h"

#include <string.h>

#define IN_LAB                                                                                                         \
    "Per operation. Out: from the guest's first exit to the back end's first instruction; in: from the back end's "    \
    "last one to the guest's next. The minivisor's back end is the hypervisor."
#define ON_HOST                                                                                                        \
    "Per operation, of the start that the probes watched: it takes longer than the one that the costs are of. Idle: "  \
    "the vCPU's thread waited, and no thread of the back end ran."

enum { WORKLOAD, COLUMN, COST, FIRST, OUT = FIRST + PARTS, IN, LAST, GUEST_KERNEL };

static bool are_instructions(const char *unit)
{
    return unit && strcmp(unit, "instructions") == 0;
}

static void put(struct table *t, size_t row, unsigned column, double value)
{
    char number[NUMBER_SIZE];
    number_cost(number, value, true);
    table_set(t, row, column, "%s", number);
}

static void cell_row(const struct model *m, size_t row, unsigned column, const struct parts *p, struct table *t,
                     bool *named)
{
    const struct model_column *c = &m->column[column];
    const size_t at = table_row(t);
    if (!*named)
        table_set(t, at, WORKLOAD, "%s", m->row[row].label);
    *named = true;
    table_set(t, at, COLUMN, m->groups > 1 ? "%s %s" : "%s", m->groups > 1 ? c->hypervisor : c->mode, c->mode);
    put(t, at, COST, p->total);
    for (unsigned i = 0; i < PARTS; i++)
        put(t, at, FIRST + i, p->part[i]);
    if (p->served) {
        put(t, at, OUT, p->out);
        put(t, at, IN, p->in);
    }
    if (!are_instructions(p->unit))
        put(t, at, LAST, p->unattributed);
    else if (p->total > 0)
        put(t, at, LAST, 1e6 / p->total);
    if (p->guest_kernel > 0)
        put(t, at, GUEST_KERNEL, p->guest_kernel);
}

/* Of a guest that is Linux. */
static bool any_has_kernel(const struct model *m)
{
    struct parts p;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned column = 0; column < m->columns; column++)
            if (parts_of(m, row, column, &p) && p.guest_kernel > 0)
                return true;
    return false;
}

/* `unit`: of all cells; NULL: they have several. */
static void heads(struct table *t, const char *unit)
{
    char mean[40];
    snprintf(mean, sizeof(mean), unit ? "%s, mean" : "mean", unit);
    table_start(t);
    table_column(t, "", "workload", false);
    table_column(t, "", "in", false);
    table_column(t, mean, "all", true);
    for (unsigned i = 0; i < PARTS; i++)
        table_column(t, mean, part_names[i], true);
    table_column(t, "an iteration's way", "out", true);
    table_column(t, "an iteration's way", "in", true);
    table_column(t, "", !unit || are_instructions(unit) ? "per million" : "nobody's", true);
}

void report_parts_table(const struct model *m, struct table *t)
{
    struct parts p;
    heads(t, parts_unit(m));
    if (any_has_kernel(m))
        table_column(t, "of the guest's", "its kernel", true);
    for (size_t row = 0; row < m->rows; row++) {
        bool named = false;
        for (unsigned column = 0; column < m->columns; column++)
            if (parts_of(m, row, column, &p))
                cell_row(m, row, column, &p, t, &named);
    }
}

const char *report_parts_words(const struct model *m)
{
    const char *unit = parts_unit(m);
    return !unit || are_instructions(unit) ? IN_LAB : ON_HOST;
}

void report_parts(const struct model *m, const struct report_options *o, FILE *out)
{
    struct table t;
    report_parts_table(m, &t);
    if (t.rows) {
        table_print(&t, o->style, out);
        fprintf(out, "\n%s\n", report_parts_words(m));
    } else {
        fputs("The result does not say whose the instructions are; run the suite with --parts.\n", out);
    }
    table_free(&t);
}
