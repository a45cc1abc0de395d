/*
 * report_parts.c: --parts: whose the instructions of an operation are, what of them lies between guest and back end,
 * and how many operations a million instructions make.
 */
#include "reports/common/number.h"
#include "reports/print/report_print.h"
#include "reports/result/parts.h"

enum { WORKLOAD, COLUMN, COST, FIRST, OUT = FIRST + PARTS, IN, RATE };

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
    if (p->total > 0)
        put(t, at, RATE, 1e6 / p->total);
}

static void heads(struct table *t)
{
    table_start(t);
    table_column(t, "", "workload", false);
    table_column(t, "", "in", false);
    table_column(t, "instructions, mean", "all", true);
    for (unsigned i = 0; i < PARTS; i++)
        table_column(t, "instructions, mean", part_names[i], true);
    table_column(t, "an iteration's way", "out", true);
    table_column(t, "an iteration's way", "in", true);
    table_column(t, "", "per million", true);
}

void report_parts_table(const struct model *m, struct table *t)
{
    struct parts p;
    heads(t);
    for (size_t row = 0; row < m->rows; row++) {
        bool named = false;
        for (unsigned column = 0; column < m->columns; column++)
            if (parts_of(m, row, column, &p))
                cell_row(m, row, column, &p, t, &named);
    }
}

void report_parts(const struct model *m, const struct report_options *o, FILE *out)
{
    struct table t;
    report_parts_table(m, &t);
    if (t.rows) {
        table_print(&t, o->style, out);
        fputs("\n" REPORT_PARTS_WORDS "\n", out);
    } else {
        fputs("The result does not say whose the instructions are; run the suite in the lab with --parts.\n", out);
    }
    table_free(&t);
}
