/*
 * report_costs.c: the table. What belongs to one hypervisor on one machine
 * stands together: the costs of its modes, their ratio, their entries. Where
 * all hypervisors do not fit a page so, their costs make one table, side by
 * side, and their entries another below it; if even that is too wide, as
 * many hypervisors at a time as fit.
 */
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/print/report_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_WIDTH 120
#define WIDE_PAGE  150 /* for the comparison of all hypervisors */

/* With the first slice of a group. */
static unsigned pairs_of(const struct report_slice *s)
{
    return s->first == s->group->first ? s->group->pairs : 0;
}

static void head_costs(const struct model *m, const struct report_slice *s, unsigned parts, struct notes *notes,
                       struct table *t)
{
    const struct model_column *c = &m->column[s->first];
    const char *unit = "";
    char span[120], head[80];
    for (unsigned i = s->first; i < s->first + s->count && !*unit; i++)
        unit = m->column[i].unit;
    if (parts & REPORT_SHORT)
        text_format(span, sizeof(span), "%.40s", c->hypervisor);
    else
        text_format(span, sizeof(span), "%.40s %.20s: %.40s", c->hypervisor, c->machine,
                    !(parts & REPORT_COSTS) ? "ratios"
                    : *unit                 ? unit
                                            : "cost");
    for (unsigned i = s->first; i < s->first + s->count && (parts & REPORT_COSTS); i++) {
        text_format(head, sizeof(head), "%s", m->column[i].mode);
        cell_column_notes(m, i, notes, &table_column(t, span, head, true)->marks);
    }
    for (unsigned i = 0; i < pairs_of(s) && (parts & REPORT_RATIOS); i++)
        table_column(t, span, s->group->pair[i].name, true)->ratio = true;
    for (unsigned i = s->first; i < s->first + s->count && (parts & REPORT_COLD); i++) {
        text_format(head, sizeof(head), "%.40s cold", m->column[i].mode);
        table_column(t, span, head, true);
    }
}

static void head_entries(const struct model *m, const struct report_slice *s, struct table *t)
{
    const struct model_column *c = &m->column[s->first];
    char span[120];
    text_format(span, sizeof(span), "%.40s %.20s: entries", c->hypervisor, c->machine);
    for (unsigned i = s->first; i < s->first + s->count; i++)
        table_column(t, span, m->column[i].mode, true);
}

static void head_native(const struct model *m, const struct report_slice *s, struct table *t)
{
    const struct model_column *c = &m->column[s->first];
    char span[120];
    text_format(span, sizeof(span), "%.40s %.20s: × native", c->hypervisor, c->machine);
    for (unsigned i = s->first; i < s->first + s->count; i++)
        table_column(t, span, m->column[i].mode, true)->ratio = true;
}

/* Where the medians' ratio and the means' disagree, both are said. */
static void mean_note(const struct model_ratio *r, struct notes *notes, struct notes_marks *marks)
{
    char text[NUMBER_SIZE];
    if (!model_mean_disagrees(r->median, r->mean))
        return;
    number_ratio(text, r->mean);
    notes_add(notes, marks, "of the medians; of the means it is %s", text);
}

static void ratio_cell(const struct model *m, unsigned column, unsigned base, size_t row, struct notes *notes,
                       struct table *t, size_t at_row, unsigned at)
{
    char text[NUMBER_SIZE];
    struct model_ratio ratio;
    if (model_over(m, row, column, base, &ratio)) {
        number_ratio(text, ratio.median);
        struct table_cell *cell = table_set(t, at_row, at, "%s", text);
        cell->ordered = true;
        cell->order = ratio.median;
        mean_note(&ratio, notes, &cell->marks);
    } else if (model_at(m, row, column)->has_cost && model_at(m, row, base)->has_cost) {
        struct table_cell *cell = table_set(t, at_row, at, "–");
        notes_add(notes, &cell->marks, "no ratio: a cost of 0 or less, or in another unit");
    }
}

static void fill_costs(const struct model *m, const struct report_slice *s, unsigned parts, size_t row,
                       struct notes *notes, struct table *t, size_t at_row, unsigned *at)
{
    for (unsigned i = s->first; i < s->first + s->count && (parts & REPORT_COSTS); i++)
        cell_cost(m, i, row, notes, t, at_row, (*at)++);
    for (unsigned i = 0; i < pairs_of(s) && (parts & REPORT_RATIOS); i++)
        ratio_cell(m, s->group->pair[i].over, s->group->pair[i].under, row, notes, t, at_row, (*at)++);
    for (unsigned i = s->first; i < s->first + s->count && (parts & REPORT_COLD); i++)
        cell_cold(m, i, row, notes, t, at_row, (*at)++);
    for (unsigned i = s->first; i < s->first + s->count && (parts & REPORT_NATIVE); i++)
        ratio_cell(m, i, (unsigned)model_native(m, i), row, notes, t, at_row, (*at)++);
}

/* A guest that waits for its clock, and a loop that does nothing, are no work. */
static bool is_work(const char *workload)
{
    return strcmp(workload, "empty") != 0 && strcmp(workload, "idle") != 0;
}

/* The geometric mean of the ratios of all work that both have: what is twice as dear and half as dear is the same. */
static void together_cell(const struct model *m, unsigned column, unsigned base, struct notes *notes, struct table *t,
                          size_t at_row, unsigned at)
{
    char text[NUMBER_SIZE];
    struct model_ratio ratio;
    double logs = 0;
    size_t count = 0;
    for (size_t row = 0; row < m->rows; row++)
        if (is_work(m->row[row].name) && model_over(m, row, column, base, &ratio)) {
            logs += log(ratio.median);
            count++;
        }
    if (!count)
        return;
    number_ratio(text, exp(logs / (double)count));
    struct table_cell *cell = table_set(t, at_row, at, "%s", text);
    notes_add(notes, &cell->marks, "the geometric mean of %zu ratios, without those of empty and idle", count);
}

/* Of loads, not of single operations, of which nobody has as many of one as of another. */
static bool are_loads(const struct model *m, const struct report_slice *slices, size_t count, unsigned parts)
{
    bool ratios = parts & REPORT_NATIVE;
    for (size_t i = 0; i < count; i++)
        ratios |= (parts & REPORT_RATIOS) && pairs_of(&slices[i]);
    return ratios && count && strstr(m->column[slices[0].first].mode, "+linux");
}

static void fill_together(const struct model *m, const struct report_slice *slices, size_t count, unsigned parts,
                          struct notes *notes, struct table *t)
{
    const size_t at_row = table_row(t);
    unsigned at = 1;
    table_set(t, at_row, 0, "all together");
    for (size_t i = 0; i < count; i++) {
        const struct report_slice *s = &slices[i];
        at += parts & REPORT_COSTS ? s->count : 0;
        for (unsigned p = 0; p < pairs_of(s) && (parts & REPORT_RATIOS); p++)
            together_cell(m, s->group->pair[p].over, s->group->pair[p].under, notes, t, at_row, at++);
        at += parts & REPORT_COLD ? s->count : 0;
        for (unsigned c = s->first; c < s->first + s->count && (parts & REPORT_NATIVE); c++)
            together_cell(m, c, (unsigned)model_native(m, c), notes, t, at_row, at++);
        at += (parts & REPORT_ENTRIES) && !model_is_native(m, s->first) ? s->count : 0;
    }
}

void report_costs_table(const struct model *m, const struct report_slice *slices, size_t count, unsigned parts,
                        struct notes *notes, struct table *t)
{
    table_start(t);
    table_column(t, "", "workload", false);
    for (size_t i = 0; i < count; i++) {
        head_costs(m, &slices[i], parts, notes, t);
        if ((parts & REPORT_ENTRIES) && !model_is_native(m, slices[i].first))
            head_entries(m, &slices[i], t);
        if (parts & REPORT_NATIVE)
            head_native(m, &slices[i], t);
    }
    for (size_t row = 0; row < m->rows; row++) {
        size_t at_row = table_row(t);
        unsigned at = 1;
        table_set(t, at_row, 0, "%s", m->row[row].label);
        for (size_t i = 0; i < count; i++) {
            const struct report_slice *s = &slices[i];
            fill_costs(m, s, parts, row, notes, t, at_row, &at);
            const bool entries = (parts & REPORT_ENTRIES) && !model_is_native(m, s->first);
            for (unsigned c = s->first; c < s->first + s->count && entries; c++)
                cell_entries(m, c, row, notes, t, at_row, at++);
        }
    }
    if (are_loads(m, slices, count, parts))
        fill_together(m, slices, count, parts, notes, t);
}

size_t report_with_native(const struct model *m, struct report_slice *slices, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (model_native(m, slices[i].first) >= 0)
            slices[n++] = slices[i];
    return n;
}

size_t report_cut(const struct model *m, struct report_slice slices[MODEL_COLUMNS_MAX])
{
    size_t count = 0;
    for (unsigned g = 0; g < m->groups; g++)
        for (unsigned done = 0; done < m->group[g].count; done += REPORT_SLICE) {
            unsigned rest = m->group[g].count - done;
            slices[count++] = (struct report_slice){&m->group[g], m->group[g].first + done,
                                                    rest < REPORT_SLICE ? rest : REPORT_SLICE};
        }
    return count;
}

/* On a terminal all of it, and no more. */
static size_t page_width(const struct report_options *o)
{
    return o->width ? o->width : PAGE_WIDTH;
}

static size_t wide_page(const struct report_options *o)
{
    return o->width ? o->width : WIDE_PAGE;
}

/* Columns of a table, that of the workloads' names left out. */
static unsigned columns_of(const struct report_slice *s, unsigned parts)
{
    static const unsigned each[] = {REPORT_COSTS, REPORT_COLD, REPORT_ENTRIES, REPORT_NATIVE};
    unsigned columns = parts & REPORT_RATIOS ? pairs_of(s) : 0;
    for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++)
        columns += parts & each[i] ? s->count : 0;
    return columns;
}

/* Behind the notes that there are: their numbers take room. It adds its own to them. */
static bool fits_behind(const struct model *m, const struct report_slice *slices, size_t count, unsigned parts,
                        size_t page, struct notes *notes)
{
    struct table t;
    unsigned columns = 1;
    for (size_t i = 0; i < count; i++)
        columns += columns_of(&slices[i], parts);
    if (columns > TABLE_COLUMNS_MAX)
        return false;
    report_costs_table(m, slices, count, parts, notes, &t);
    bool good = table_width(&t) <= page;
    table_free(&t);
    return good;
}

static bool fits(const struct model *m, const struct report_slice *slices, size_t count, unsigned parts, size_t page,
                 const struct notes *notes)
{
    struct notes trial = {0};
    notes_copy(&trial, notes);
    bool good = fits_behind(m, slices, count, parts, page, &trial);
    notes_free(&trial);
    return good;
}

static void print_slices(const struct model *m, const struct report_options *o, const struct report_slice *slices,
                         size_t count, unsigned parts, struct notes *notes, FILE *out)
{
    struct table t;
    report_costs_table(m, slices, count, parts, notes, &t);
    table_print(&t, o->style, out);
    table_free(&t);
}

/* As many at a time as fit. */
static void print_in_turn(const struct model *m, const struct report_options *o, const struct report_slice *slices,
                          size_t count, unsigned parts, struct notes *notes, FILE *out)
{
    for (size_t done = 0, n; done < count; done += n) {
        for (n = 1; done + n < count && fits(m, slices + done, n + 1, parts, page_width(o), notes);)
            n++;
        if (done)
            fputc('\n', out);
        print_slices(m, o, slices + done, n, parts, notes, out);
    }
}

static bool one_machine(const struct model *m)
{
    const char *unit;
    bool one = model_one_unit(m, &unit);
    for (unsigned i = 1; i < m->columns; i++)
        one &= strcmp(m->column[i].machine, m->column[0].machine) == 0;
    return one;
}

/* The parts of the table in which the costs of all hypervisors stand side by side, and nothing else; 0: it is too wide.
 */
static unsigned side_by_side(const struct model *m, const struct report_options *o, const struct report_slice *slices,
                             size_t count, unsigned costs, const struct notes *notes)
{
    if (count < 2 || fits(m, slices, count, costs | REPORT_ENTRIES, page_width(o), notes))
        return 0;
    if (fits(m, slices, count, costs, wide_page(o), notes))
        return costs;
    costs |= REPORT_SHORT;
    return one_machine(m) && fits(m, slices, count, costs, wide_page(o), notes) ? costs : 0;
}

/* Where there is no terminal, a table that is too wide stays in one piece. */
static bool each_fits(const struct model *m, const struct report_options *o, const struct report_slice *slices,
                      size_t count, unsigned parts, const struct notes *notes)
{
    struct notes trial = {0};
    bool good = true;
    notes_copy(&trial, notes);
    for (size_t i = 0; i < count && o->width && good; i++)
        good = fits_behind(m, slices + i, 1, parts, o->width, &trial);
    notes_free(&trial);
    return good;
}

/* Without the entries; where that is too wide as well, the ratios stand in a table of their own. */
static void print_costs_apart(const struct model *m, const struct report_options *o, const struct report_slice *slices,
                              size_t count, unsigned costs, struct notes *notes, FILE *out)
{
    struct report_slice paired[MODEL_COLUMNS_MAX];
    size_t pairs = 0;
    if (each_fits(m, o, slices, count, costs, notes)) {
        print_in_turn(m, o, slices, count, costs, notes, out);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (pairs_of(&slices[i]))
            paired[pairs++] = slices[i];
    print_in_turn(m, o, slices, count, costs & ~REPORT_RATIOS, notes, out);
    if (pairs)
        fputc('\n', out);
    print_in_turn(m, o, paired, pairs, REPORT_RATIOS, notes, out);
}

void report_costs(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out)
{
    struct report_slice slices[MODEL_COLUMNS_MAX];
    size_t count = report_cut(m, slices);
    const unsigned costs = REPORT_COSTS | REPORT_RATIOS | (o->cold ? REPORT_COLD : 0);
    const unsigned wide = side_by_side(m, o, slices, count, costs, notes);
    if (wide) {
        print_slices(m, o, slices, count, wide, notes, out);
        fputc('\n', out);
        print_slices(m, o, slices, count, REPORT_ENTRIES, notes, out);
    } else if (each_fits(m, o, slices, count, costs | REPORT_ENTRIES, notes)) {
        print_in_turn(m, o, slices, count, costs | REPORT_ENTRIES, notes, out);
    } else {
        print_costs_apart(m, o, slices, count, costs, notes, out);
        fputc('\n', out);
        print_in_turn(m, o, slices, count, REPORT_ENTRIES, notes, out);
    }
    count = report_with_native(m, slices, count);
    if (count)
        fputc('\n', out);
    print_in_turn(m, o, slices, count, REPORT_NATIVE, notes, out);
}
