/*
 * figure_normalized.c: costs as multiples of one column's, with the raw
 * values behind the bars. The axis is logarithmic, so that half and
 * double are equally long; cheaper goes to the left of 1.
 */
#include "reports/common/number.h"
#include "common/text.h"
#include "reports/figure/figure_bars.h"

#include <math.h>
#include <string.h>

#define TICK_LEAST 26 /* points between two labels of the axis */

static bool has(const struct model_cell *cell)
{
    return cell->has_cost && cell->cost > 0;
}

/* The base that was asked for, else that without a hypervisor, else the first column of full virtualization, else the
 * first. */
static unsigned find_base(const struct figure *f)
{
    const struct model *m = f->m;
    char name[160];
    for (unsigned c = 0; c < m->columns && f->style->base; c++) {
        snprintf(name, sizeof(name), "%s/%s", m->column[c].hypervisor, m->column[c].mode);
        if (strcmp(name, f->style->base) == 0)
            return c;
    }
    for (unsigned c = 0; c < m->columns && !f->style->base; c++)
        if (model_native(m, c) >= 0)
            return (unsigned)model_native(m, c);
    for (unsigned c = 0; c < m->columns && !f->style->base; c++)
        if (strcmp(m->column[c].mode, "hvm") == 0)
            return c;
    return f->style->base ? m->columns : 0;
}

static bool comparable(const struct model *m, unsigned base, unsigned column)
{
    return strcmp(m->column[base].unit, m->column[column].unit) == 0 && !m->column[base].mixed_units &&
           !m->column[column].mixed_units;
}

/* True when any bar can be drawn. */
static bool add_bars(struct bars *b, unsigned base)
{
    const struct model *m = b->f->m;
    bool any = false;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned column = 0; column < m->columns; column++) {
            const struct model_cell *cell = model_at(m, row, column), *one = model_at(m, row, base);
            struct bar *bar = bars_add(b, row, column);
            char ratio[NUMBER_SIZE], raw[NUMBER_SIZE];
            bar->end[0] = bar->words_at = 1;
            figure_value_text(m, row, column, raw, sizeof(raw));
            bar->drawn = has(cell) && has(one) && comparable(m, base, column);
            if (!bar->drawn) {
                snprintf(bar->text, sizeof(bar->text), "%s%.32s", has(cell) ? "no base; " : "", raw);
                continue;
            }
            bar->value = bar->end[1] = cell->cost / one->cost;
            bar->words_at = fmax(1, bar->value);
            number_ratio(ratio, bar->value);
            snprintf(bar->text, sizeof(bar->text), "%.24s (%.24s)", column == base ? "1" : ratio, raw);
            any = true;
        }
    return any;
}

static void write(struct bars *b, const char *base, const char *unit)
{
    double least = 1, most = 1;
    char axis[256], label[200];
    for (size_t i = 0; i < b->count; i++) {
        if (!b->bar[i].drawn)
            continue;
        least = fmin(least, b->bar[i].value);
        most = fmax(most, b->bar[i].value);
    }
    bars_lay_out(b);
    const double room = b->right - b->left, low = least / 1.25;
    const double octaves = log2(fmax(most, 1.25) / low) * room / fmax(room - b->words, room / 10);
    unsigned step = 1;
    while (room / octaves * step < TICK_LEAST * figure_zoom(b->f))
        step++;
    snprintf(axis, sizeof(axis),
             "set logscale x 2\n"
             "set xrange [%.9g:%.9g]\n"
             "set format x tics.'%%g'\n"
             "set xtics %g\n"
             "set arrow 1 from first 1,graph 0 to first 1,graph 1 nohead back lc rgb '#000000' lw 0.8\n",
             low, low * exp2(octaves), exp2(step));
    snprintf(label, sizeof(label), "relative to %s (%s)", base, unit);
    bars_write(b, "costs relative to one column's, by workload and mode, with raw values", label, axis, low);
}

enum figure_answer figure_normalized(struct figure *f)
{
    const unsigned base = find_base(f);
    const char *unit;
    char foot[600], source[400], label[FIGURE_LABEL];
    struct figure_columns columns;
    struct bars b;
    if (base == f->m->columns || f->m->columns < 2 || bars_open(&b, f, 1))
        return FIGURE_NOTHING;
    figure_column_label(f->m, base, label);
    figure_source(f->m, source, sizeof(source));
    text_format(foot, sizeof(foot),
                "Suite %s on %s. Medians; the cost of the empty loop is included. 1 is the cost on %s.",
                f->m->result->suite, source, label);
    figure_columns(f->m, &columns);
    b.foot = foot;
    b.value = "cost as a multiple of the base's";
    b.key = columns.key;
    b.keys = f->m->columns;
    bool any = add_bars(&b, base);
    if (any)
        write(&b, label, model_one_unit(f->m, &unit) ? unit : "raw values");
    bars_free(&b);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
