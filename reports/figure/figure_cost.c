/*
 * figure_cost.c: the cost of an operation, on a logarithmic scale: one bar a
 * mode, one group a workload, each bar with its value.
 */
#include "reports/figure/figure_bars.h"
#include "common/text.h"

#include <math.h>

#define DECADE_LEAST 30 /* points between two labels of the axis */

static void add_bars(struct bars *b)
{
    const struct model *m = b->f->m;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned column = 0; column < m->columns; column++) {
            const struct model_cell *cell = model_at(m, row, column);
            struct bar *bar = bars_add(b, row, column);
            bar->drawn = cell->has_cost && cell->cost > 0;
            bar->value = cell->cost;
            figure_value_text(m, row, column, bar->text, sizeof(bar->text));
        }
}

static void place_bars(struct bars *b, double low)
{
    for (size_t i = 0; i < b->count; i++) {
        struct bar *bar = &b->bar[i];
        bar->end[0] = low;
        bar->end[1] = bar->value;
        bar->words_at = bar->drawn ? bar->value : low;
    }
}

static void write(struct bars *b, const char *what, double least, double most)
{
    char axis[256], label[120];
    const char *unit;
    /* The smallest bar is to be seen too; behind the longest one its value must fit. */
    double low = pow(10, floor(log10(least / 1.5))), room = b->right - b->left;
    double decades = log10(most / low) * room / fmax(room - b->words, room / 10);
    int step = 1;
    while (room / decades * step < DECADE_LEAST * figure_zoom(b->f))
        step++;
    place_bars(b, low);
    snprintf(axis, sizeof(axis),
             "set logscale x\n"
             "set xrange [%g:%.9g]\n"
             "set format x tics.'%s'\n"
             "set xtics %g\n"
             "set mxtics 10\n",
             low, low * pow(10, decades),
             low < 1                     ? "%g"
             : decades > 5.5 || step > 1 ? "%.0s%c"
                                         : "%.0f",
             pow(10, step));
    snprintf(label, sizeof(label), "%s per operation",
             model_one_unit(b->f->m, &unit) ? unit : "units as in the legend,");
    bars_write(b, what, label, axis, low);
}

enum figure_answer figure_cost(struct figure *f)
{
    char foot[600], source[400];
    struct figure_columns columns;
    struct bars b;
    double least = 0, most = 0;
    if (bars_open(&b, f, 1))
        return FIGURE_NOTHING;
    figure_source(f->m, source, sizeof(source));
    text_format(foot, sizeof(foot), "Suite %s on %s. Median; the cost of the empty loop is included.",
                f->m->result->suite, source);
    figure_columns(f->m, &columns);
    add_bars(&b);
    b.foot = foot;
    b.value = "cost per operation";
    b.key = columns.key;
    b.keys = f->m->columns;
    bool any = bars_range(&b, &least, &most);
    if (any) {
        bars_lay_out(&b);
        write(&b, "cost per operation, by workload and mode", least, most);
    }
    bars_free(&b);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
