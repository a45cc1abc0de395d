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

enum figure_answer figure_normalized(struct figure *f)
{
    const unsigned base = find_base(f);
    const char *unit;
    char foot[600], source[400], label[FIGURE_LABEL], axis[200];
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
    if (any) {
        snprintf(axis, sizeof(axis), "relative to %s (%s)", label, model_one_unit(f->m, &unit) ? unit : "raw values");
        bars_write_ratios(&b, "costs relative to one column's, by workload and mode, with raw values", axis);
    }
    bars_free(&b);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
