/* advise_print.c: advice as a table, as sentences and as JSON. */
#include "reports/advise/advise.h"
#include "common/json_text.h"
#include "common/memory.h"
#include "reports/common/notes.h"
#include "reports/common/number.h"
#include "reports/common/table.h"
#include "reports/common/wrap.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 100u  /* of a line of text */
#define ALIKE 1.005 /* times the least: as much, in the digits that are shown */

static bool is_time(const struct model_column *c)
{
    return strcmp(c->unit, "ns") == 0;
}

/* "48.13M instructions", "4.81 % of a processor" */
static void amount(const struct model_column *c, double all, char *into, size_t size)
{
    char number[NUMBER_SIZE];
    if (is_time(c)) {
        text_format(into, size, "%.3g %% of a processor", all / 1e9 * 100);
        return;
    }
    number_cost(number, all, false);
    text_format(into, size, "%s %.40s", number, *c->unit ? c->unit : "of no unit");
}

static void share(double part, double of, char into[NUMBER_SIZE])
{
    text_format(into, NUMBER_SIZE, "%.0f %%", of > 0 ? 100 * part / of : 0);
}

/* --- the table --------------------------------------------------------------- */

static void head(const struct advice *a, struct table *t)
{
    table_column(t, "", a->load->is_trace ? "entry" : "operation", false);
    table_column(t, "", "a second", true);
    for (unsigned i = 0; i < a->model->columns; i++) {
        const struct model_column *c = &a->model->column[i];
        char span[120];
        text_format(span, sizeof(span), "%.40s %.20s: %.30s a second", c->hypervisor, c->machine, c->unit);
        table_column(t, span, c->mode, true);
    }
}

static void price_cell(const struct advice *a, const struct advice_row *r, unsigned column, struct notes *notes,
                       struct table *t, size_t at)
{
    char number[NUMBER_SIZE];
    const struct model_cell *cell = r->row < 0 ? NULL : model_at(a->model, (size_t)r->row, column);
    if (!cell || !r->price[column].known) {
        struct table_cell *to = table_set(t, at, column + 2, "n/a");
        if (cell && cell->any && *cell->any->reason)
            notes_add(notes, &to->marks, "%.40s: %s", cell->any->status, cell->any->reason);
        return;
    }
    number_cost(number, r->price[column].all, false);
    struct table_cell *to = table_set(t, at, column + 2, "%s", number);
    if (cell->measured && result_times_a_part(&cell->measured->cost))
        notes_add(notes, &to->marks, "of each operation only: %.100s", cell->measured->cost.measures);
}

static void row(const struct advice *a, const struct advice_row *r, struct notes *notes, struct table *t)
{
    char number[NUMBER_SIZE];
    size_t at = table_row(t);
    struct table_cell *name = table_set(t, at, 0, "%s", r->of->name);
    number_cost(number, r->of->rate, false);
    table_set(t, at, 1, "%s", number);
    if (r->row < 0)
        notes_add(notes, &name->marks, "%s",
                  r->of->is_entry ? "no workload of the result enters so, and not otherwise: it has no price"
                                  : "the result has no such workload: it has no price");
    else if (r->of->is_entry)
        notes_add(notes, &name->marks, "at the price of %.60s%s", a->model->row[r->row].label,
                  r->too ? "; others enter so, too" : "");
    else if (r->too)
        notes_add(notes, &name->marks, "the first of several parameters, %.60s", a->model->row[r->row].label);
    for (unsigned i = 0; i < a->model->columns; i++)
        price_cell(a, r, i, notes, t, at);
}

static void sums(const struct advice *a, struct notes *notes, struct table *t)
{
    size_t at = table_row(t);
    table_set(t, at, 0, "all");
    for (unsigned i = 0; i < a->model->columns; i++) {
        char number[NUMBER_SIZE];
        number_cost(number, a->column[i].all, false);
        struct table_cell *to = table_set(t, at, i + 2, "%s", number);
        if (a->column[i].unknown)
            notes_add(notes, &to->marks, "at least: %zu of the load's have no price here", a->column[i].unknown);
    }
}

/* --- the sentences ----------------------------------------------------------- */

/* It may be held against others: all that any other has a price of it has, too. */
static bool is_whole(const struct advice *a, unsigned column)
{
    return a->column[column].dearest && !a->column[column].unknown && !a->model->column[column].mixed_units;
}

static int cheapest(const struct advice *a, const struct model_group *g)
{
    int found = -1;
    for (unsigned i = g->first; i < g->first + g->count; i++)
        if (is_whole(a, i) && (found < 0 || a->column[i].all < a->column[found].all))
            found = (int)i;
    return found;
}

static void dearer(const struct advice *a, unsigned column, double least, char *into, size_t size)
{
    const struct advice_column *c = &a->column[column];
    char all[80], times[NUMBER_SIZE], part[NUMBER_SIZE];
    if (c->all <= least * ALIKE) {
        text_append(into, size, "; %.40s takes as much", a->model->column[column].mode);
        return;
    }
    amount(&a->model->column[column], c->all, all, sizeof(all));
    share(c->dearest->price[column].all, c->all, part);
    text_append(into, size, "; %.40s takes %s", a->model->column[column].mode, all);
    if (least > 0) {
        number_ratio(times, c->all / least);
        text_append(into, size, ", %s times as much", times);
    }
    text_append(into, size, ", %s of it for %s", part, c->dearest->of->name);
}

static void verdict(const struct advice *a, const struct model_group *g, FILE *out)
{
    const int best = cheapest(a, g);
    char text[4096], all[80];
    unsigned whole = 0;
    for (unsigned i = g->first; i < g->first + g->count; i++)
        whole += is_whole(a, i);
    if (whole < 2)
        return;
    const struct model_column *c = &a->model->column[best];
    amount(c, a->column[best].all, all, sizeof(all));
    text_format(text, sizeof(text), "%.40s, %.20s: %.40s is the cheapest for this load, with %s a second",
                c->hypervisor, c->machine, c->mode, all);
    for (unsigned i = g->first; i < g->first + g->count; i++)
        if ((int)i != best && is_whole(a, i))
            dearer(a, i, a->column[best].all, text, sizeof(text));
    for (unsigned i = g->first; i < g->first + g->count; i++)
        if (!is_whole(a, i))
            text_append(text, sizeof(text), "; %.40s cannot be told, since it has no price of all",
                        a->model->column[i].mode);
    text_append(text, sizeof(text), ".");
    text_wrap(out, text, WIDTH, 2);
}

void advice_print(const struct advice *a, bool markdown, FILE *out)
{
    const enum table_style style = markdown ? TABLE_MARKDOWN : TABLE_TEXT;
    struct notes notes = {0};
    struct table t;
    table_start(&t);
    head(a, &t);
    for (size_t i = 0; i < a->load->rates; i++)
        row(a, &a->row[i], &notes, &t);
    sums(a, &notes, &t);
    fprintf(out, "load    %s%s\n", a->load->name, a->load->is_trace ? ", as traced" : "");
    fprintf(out, "prices  %.64s, %.40s; the mean of each operation%s\n\n", a->model->result->suite,
            a->model->result->date, a->subtracted ? ", without the loop around it" : ", with the loop around it");
    table_print(&t, style, out);
    table_notes(&notes, style, out);
    fputc('\n', out);
    for (unsigned i = 0; i < a->model->groups; i++)
        verdict(a, &a->model->group[i], out);
    table_free(&t);
    notes_free(&notes);
}

/* --- JSON -------------------------------------------------------------------- */

static json_t *row_json(const struct advice *a, const struct advice_row *r)
{
    json_t *prices = json_object();
    for (unsigned i = 0; i < a->model->columns; i++)
        json_object_set_new(prices, a->model->column[i].setting,
                            r->price[i].known ? json_real(r->price[i].all) : json_null());
    return json_pack("{s:s, s:b, s:f, s:o, s:o}", "name", r->of->name, "entry", r->of->is_entry, "per_second",
                     r->of->rate, "priced_as", r->row < 0 ? json_null() : json_string(a->model->row[r->row].label),
                     "cost_per_second", prices);
}

void advice_json(const struct advice *a, FILE *out)
{
    json_t *rows = json_array(), *columns = json_object();
    for (size_t i = 0; i < a->load->rates; i++)
        json_array_append_new(rows, row_json(a, &a->row[i]));
    for (unsigned i = 0; i < a->model->columns; i++)
        json_object_set_new(columns, a->model->column[i].setting,
                            json_pack("{s:s, s:f, s:b}", "unit", a->model->column[i].unit, "cost_per_second",
                                      a->column[i].all, "complete", is_whole(a, i)));
    json_t *all = json_pack("{s:s, s:s, s:b, s:o, s:o}", "schema", "pvbench.advice/1", "load", a->load->name,
                            "loop_subtracted", a->subtracted, "rows", rows, "settings", columns);
    json_print(all, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15), out);
}
