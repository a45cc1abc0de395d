/* explain_by_line.c: an explanation line by line of source. */
#include "common/memory.h"
#include "reports/common/table.h"
#include "reports/explain/explain_lines.h"

#include <stdlib.h>
#include <string.h>

/* One line of source, in one function. */
struct row {
    const struct explain_line *at;
    unsigned function;
    uint64_t count;
};

static int by_line(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const int by_file = strcmp(x->at->file, y->at->file);
    if (by_file || x->at->line != y->at->line)
        return by_file ? by_file : x->at->line < y->at->line ? -1 : 1;
    return x->function < y->function ? -1 : x->function > y->function;
}

static int larger_first(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : by_line(a, b);
}

/* The largest first; *known: the instructions of all. */
static struct row *rows_of(const struct explain_run *run, const struct explain_region *r, size_t *count,
                           uint64_t *known)
{
    struct row *row = memory_zeroed(r->codes + 1, sizeof(*row));
    size_t n = 0, kept = 0;
    *known = 0;
    for (size_t i = 0; i < r->codes; i++) {
        const struct explain_line *at = explain_lines_at(run->lines, r->code[i].address);
        if (at)
            row[n++] = (struct row){at, r->code[i].function, r->code[i].count};
        *known += at ? r->code[i].count : 0;
    }
    qsort(row, n, sizeof(*row), by_line);
    for (size_t i = 0; i < n; i++)
        if (kept && by_line(&row[kept - 1], &row[i]) == 0)
            row[kept - 1].count += row[i].count;
        else
            row[kept++] = row[i];
    qsort(row, kept, sizeof(*row), larger_first);
    *count = kept;
    return row;
}

/* How much of all names is the folder in which it was built: up to the last slash that they share. */
static size_t common_folder(const struct row *row, size_t n)
{
    size_t same = n ? strlen(row[0].at->file) : 0;
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < same; k++)
            if (row[i].at->file[k] != row[0].at->file[k])
                same = k;
    while (same && row[0].at->file[same - 1] != '/')
        same--;
    return same;
}

static void set_row(struct table *t, uint64_t count, const struct explain_region *r, double operations)
{
    const size_t row = table_row(t);
    table_set(t, row, 0, "%.1f", (double)count / operations);
    table_set(t, row, 1, "%.1f %%", 100 * (double)count / (double)r->instructions);
}

static void print_bench(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                        void *with)
{
    const struct explain_region *r = &b->region[explain_region(c)];
    const double operations = explain_operations(b, explain_region(c));
    uint64_t known, rest = 0;
    size_t count, others = 0;
    FILE *out = with;
    if (!r->instructions)
        return;
    struct row *row = rows_of(run, r, &count, &known);
    const size_t folder = common_folder(row, count);
    struct table t;
    table_start(&t);
    table_column(&t, "", "instructions", true);
    table_column(&t, "", "share", true);
    table_column(&t, "", "line", false);
    table_column(&t, "", "function", false);
    table_column(&t, "", "of", false);
    for (size_t i = 0; i < count; i++) {
        if ((double)row[i].count < c->least * (double)r->instructions) {
            rest += row[i].count;
            others++;
            continue;
        }
        const struct explain_function *f = &run->function[row[i].function];
        set_row(&t, row[i].count, r, operations);
        table_set(&t, t.rows - 1, 2, "%s:%u", row[i].at->file + folder, row[i].at->line);
        table_set(&t, t.rows - 1, 3, "%s", f->name);
        table_set(&t, t.rows - 1, 4, "%s", f->owner);
    }
    if (others) {
        set_row(&t, rest, r, operations);
        table_set(&t, t.rows - 1, 2, "%zu other%s", others, others > 1 ? "s" : "");
    }
    if (known < r->instructions) {
        set_row(&t, r->instructions - known, r, operations);
        table_set(&t, t.rows - 1, 2, "of no line that is known");
    }
    fprintf(out, "%s on %s%s: %.10g instructions an operation\n\n", b->label, run->setting,
            c->cold ? ", the first operation" : "", (double)r->instructions / operations);
    table_print(&t, TABLE_TEXT, out);
    fputc('\n', out);
    table_free(&t);
    free(row);
}

void explain_by_line(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    explain_each(x, c, print_bench, out);
}
