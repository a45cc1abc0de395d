/* explain_text.c: an explanation as tables: of functions, and of the sums that they are held against. */
#include "reports/common/number.h"
#include "reports/common/table.h"
#include "reports/explain/explain.h"

#include <stdlib.h>

static void set_number(struct table *t, size_t row, unsigned column, double value)
{
    char text[NUMBER_SIZE];
    number_entries(text, value);
    table_set(t, row, column, "%s", text);
}

static void add_row(struct table *t, const struct explain_run *run, const struct explain_region *r,
                    const struct explain_row *of, double operations)
{
    const struct explain_function *f = &run->function[of->function];
    const size_t row = table_row(t);
    table_set(t, row, 0, "%.1f", (double)of->self / operations);
    table_set(t, row, 1, "%.1f %%", 100 * (double)of->self / (double)r->instructions);
    table_set(t, row, 2, "%.1f", (double)of->with_callees / operations);
    set_number(t, row, 3, (double)of->entered / operations);
    table_set(t, row, 4, "%s", f->name);
    table_set(t, row, 5, "%s", f->owner);
    if (of->caller != of->function)
        table_set(t, row, 6, "%s", run->function[of->caller].name);
}

static void print_bench(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                        void *with)
{
    const unsigned region = explain_region(c);
    const struct explain_region *r = &b->region[region];
    FILE *out = with;
    const double operations = explain_operations(b, region);
    uint64_t rest = 0;
    size_t count, others = 0;
    if (!r->instructions)
        return;
    struct explain_row *rows = explain_rows(run, r, &count);
    struct table t;
    table_start(&t);
    table_column(&t, "", "instructions", true);
    table_column(&t, "", "share", true);
    table_column(&t, "", "with callees", true);
    table_column(&t, "", "entered", true);
    table_column(&t, "", "function", false);
    table_column(&t, "", "of", false);
    table_column(&t, "", "called by, mostly", false);
    for (size_t i = 0; i < count; i++)
        if ((double)rows[i].self >= c->least * (double)r->instructions && rows[i].self) {
            add_row(&t, run, r, &rows[i], operations);
        } else {
            rest += rows[i].self;
            others += rows[i].self > 0;
        }
    if (others) {
        const size_t row = table_row(&t);
        table_set(&t, row, 0, "%.1f", (double)rest / operations);
        table_set(&t, row, 1, "%.1f %%", 100 * (double)rest / (double)r->instructions);
        table_set(&t, row, 4, "%zu other%s", others, others > 1 ? "s" : "");
    }
    fprintf(out, "%s on %s%s: %.10g instructions an operation\n\n", b->label, run->setting,
            c->cold ? ", the first operation" : "", (double)r->instructions / operations);
    table_print(&t, TABLE_TEXT, out);
    fputc('\n', out);
    table_free(&t);
    free(rows);
}

void explain_text(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    explain_each(x, c, print_bench, out);
}

static void add_entries(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                        void *with)
{
    const unsigned region = explain_region(c);
    struct table *t = with;
    size_t count;
    struct explain_row *rows = explain_rows(run, &b->region[region], &count);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].left)
            continue;
        const size_t row = table_row(t);
        table_set(t, row, 0, "%s", run->setting);
        table_set(t, row, 1, "%s", b->label);
        set_number(t, row, 2, (double)rows[i].left / explain_operations(b, region));
        table_set(t, row, 3, "%s", run->function[rows[i].function].name);
        if (rows[i].caller != rows[i].function)
            table_set(t, row, 4, "%s", run->function[rows[i].caller].name);
    }
    free(rows);
}

void explain_entries(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    struct table t;
    table_start(&t);
    table_column(&t, "", "setting", false);
    table_column(&t, "", "workload", false);
    table_column(&t, "", "times an operation", true);
    table_column(&t, "", "left by", false);
    table_column(&t, "", "called by, mostly", false);
    explain_each(x, c, add_entries, &t);
    table_print(&t, TABLE_TEXT, out);
    table_free(&t);
}

static void add_sum(struct table *t, const struct explain_run *run, const struct explain_bench *b, unsigned region)
{
    const struct explain_region *r = &b->region[region];
    const size_t row = table_row(t);
    table_set(t, row, 0, "%s", run->setting);
    table_set(t, row, 1, "%s%s", b->label, region == EXPLAIN_COLD ? ", cold" : "");
    table_set(t, row, 2, "%llu", (unsigned long long)r->instructions);
    if (!r->has_total) {
        table_set(t, row, 3, "times itself");
        return;
    }
    const long long missing = (long long)(r->total - r->instructions);
    table_set(t, row, 3, "%llu", (unsigned long long)r->total);
    table_set(t, row, 4, "%lld", missing);
    table_set(t, row, 5, "%.3f %%", r->total ? 100 * (double)missing / (double)r->total : 0);
}

static void add_sums(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                     void *with)
{
    (void)c;
    for (unsigned i = 0; i < EXPLAIN_REGIONS; i++)
        add_sum(with, run, b, i);
}

void explain_sums(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    struct table t;
    table_start(&t);
    table_column(&t, "", "setting", false);
    table_column(&t, "", "workload", false);
    table_column(&t, "", "all functions", true);
    table_column(&t, "", "all samples", true);
    table_column(&t, "", "of nobody", true);
    table_column(&t, "", "share", true);
    explain_each(x, c, add_sums, &t);
    table_print(&t, TABLE_TEXT, out);
    table_free(&t);
}
