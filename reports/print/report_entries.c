/* report_entries.c: --entries: every kind of entry, how often, what its handler cost and what it was about. */
#include "reports/common/number.h"
#include "common/memory.h"
#include "reports/print/report_cell.h"

#include <stdlib.h>
#include <string.h>

#define DETAIL_WIDTH 40 /* what does not fit is counted */

enum { WORKLOAD, COLUMN, COUNT, CLASS, KIND, MEAN, RANGE, DETAIL };

static int more_often(const void *a, const void *b)
{
    const struct result_detail *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* "new_baseptr 1, new_user_baseptr 1": per operation, the most frequent first. */
static void detail(const struct model_kind *k, struct table *t, size_t row)
{
    size_t n = k->sample->details;
    char *text = NULL;
    size_t size = 0;
    struct result_detail *sorted = malloc(n * sizeof(*sorted) + 1);
    FILE *f = memory_stream(&text, &size);
    if (!sorted || !f)
        out_of_memory();
    memcpy(sorted, k->sample->detail, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), more_often);
    size_t shown = 0;
    for (size_t i = 0; i < n; i++) {
        char number[NUMBER_SIZE];
        if (shown && (size_t)ftell(f) + strlen(sorted[i].name) + 3 > DETAIL_WIDTH)
            break;
        shown++;
        number_entries(number, k->sample->count > 0 ? sorted[i].count / k->sample->count * k->per_operation : 0);
        fprintf(f, "%s%s %s", i ? ", " : "", sorted[i].name, number);
    }
    if (n > shown)
        fprintf(f, ", %zu more", n - shown);
    if (fclose(f) == 0)
        table_set(t, row, DETAIL, "%s", text);
    free(text);
    free(sorted);
}

static void kind_row(const struct model_kind *k, struct table *t, size_t row)
{
    char number[NUMBER_SIZE], high[NUMBER_SIZE];
    number_entries(number, k->per_operation);
    table_set(t, row, COUNT, "%s", number);
    table_set(t, row, CLASS, "%s", result_classes[k->class]);
    table_set(t, row, KIND, "%s", k->name);
    if (k->unit) {
        number_cost(number, k->mean, k->exact);
        table_set(t, row, MEAN, "%s", number);
        number_cost(number, k->min, k->exact);
        number_cost(high, k->max, k->exact);
        table_set(t, row, RANGE, k->min == k->max ? "%s" : "%s..%s", number, high);
    }
    if (k->sample->details)
        detail(k, t, row);
}

static void cell_rows(const struct model *m, size_t row, unsigned column, struct notes *notes, struct table *t,
                      bool *named)
{
    const struct model_cell *cell = model_at(m, row, column);
    const struct model_column *c = &m->column[column];
    for (size_t i = 0; i < (cell->kinds ? cell->kinds : 1); i++) {
        size_t at = table_row(t);
        if (!*named)
            table_set(t, at, WORKLOAD, "%s", m->row[row].label);
        *named = true;
        if (i == 0)
            table_set(t, at, COLUMN, m->groups > 1 ? "%s %s %s" : "%s", m->groups > 1 ? c->hypervisor : c->mode,
                      c->mode, c->machine);
        if (cell->kinds) {
            kind_row(&cell->kind[i], t, at);
            if (i == 0 && cell_is_watched(cell))
                notes_add(notes, &t->cell[at * t->columns + MEAN].marks, "more than the operation: %s",
                          cell_watching(m, column));
        } else if (cell->boots && cell->has_entries) {
            table_set(t, at, COUNT, "0");
        } else if (cell->boots) {
            cell_entries(m, column, row, notes, t, at, COUNT);
        } else {
            cell_cost(m, column, row, notes, t, at, COUNT);
        }
    }
}

void report_kinds_head(const struct model *m, struct table *t)
{
    const char *unit;
    bool one = model_one_unit(m, &unit);
    char head[80];
    table_start(t);
    table_column(t, "", "workload", false);
    table_column(t, "", "in", false);
    table_column(t, "", "per op", true);
    table_column(t, "", "class", false);
    table_column(t, "", "kind", false);
    snprintf(head, sizeof(head), "handler%s%.40s", one ? ", " : "", one ? unit : "");
    table_column(t, head, "mean", true);
    table_column(t, head, "min..max", true);
    table_column(t, "", "about, per op", false);
}

void report_kinds_rows(const struct model *m, size_t row, struct notes *notes, struct table *t)
{
    bool named = false;
    for (unsigned column = 0; column < m->columns; column++)
        cell_rows(m, row, column, notes, t, &named);
}

void report_entries(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out)
{
    struct table t;
    report_kinds_head(m, &t);
    for (unsigned column = 0; column < m->columns; column++) {
        struct notes_marks marks = {{0}};
        cell_column_notes(m, column, notes, &marks);
    }
    for (size_t row = 0; row < m->rows; row++)
        report_kinds_rows(m, row, notes, &t);
    table_print(&t, o->style, out);
    table_free(&t);
    report_first_domain(m, o, out);
}
