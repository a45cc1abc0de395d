/*
 * figure_cold.c: what the first operation costs, as a multiple of what the later ones do: what a
 * benchmark's average hides, and what something that happens once pays.
 */
#include "reports/common/number.h"
#include "common/text.h"
#include "reports/figure/figure_bars.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool has_both(const struct model_cell *cell)
{
    return cell->has_cost && cell->cost > 0 && cell->has_cold && cell->cold > 0 &&
           strcmp(cell->any->cold_unit, cell->unit) == 0;
}

/* "3.2 (2608; 815)": the ratio, and both costs. */
static void write_words(const struct model_cell *cell, char *into, size_t size)
{
    char ratio[NUMBER_SIZE], first[NUMBER_SIZE], later[NUMBER_SIZE];
    number_ratio(ratio, cell->cold / cell->cost);
    number_cost(first, cell->cold, cell->any->cold_exact);
    number_cost(later, cell->cost, cell->exact);
    snprintf(into, size, "%.16s (%.20s; %.20s)", ratio, first, later);
}

/* True when any bar can be drawn. */
static bool add_bars(struct bars *b)
{
    const struct model *m = b->f->m;
    bool any = false;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned column = 0; column < m->columns; column++) {
            const struct model_cell *cell = model_at(m, row, column);
            struct bar *bar = bars_add(b, row, column);
            bar->end[0] = bar->words_at = 1;
            bar->drawn = has_both(cell);
            if (!bar->drawn) {
                figure_value_text(m, row, column, bar->text, sizeof(bar->text));
                continue;
            }
            bar->value = bar->end[1] = cell->cold / cell->cost;
            bar->words_at = fmax(1, bar->value);
            write_words(cell, bar->text, sizeof(bar->text));
            any = true;
        }
    return any;
}

enum figure_answer figure_cold(struct figure *f)
{
    char foot[700], source[400];
    struct figure_columns columns;
    struct bars b;
    if (bars_open(&b, f, 1))
        return FIGURE_NOTHING;
    figure_source(f->m, source, sizeof(source));
    text_format(
        foot, sizeof(foot),
        "Suite %s on %s. In brackets the cost of the first operation and the median of those after the warm-up; "
        "the cost of the empty loop is in both.",
        f->m->result->suite, source);
    figure_columns(f->m, &columns);
    b.foot = foot;
    b.value = "first operation's cost as a multiple of the later ones'";
    b.key = columns.key;
    b.keys = f->m->columns;
    const bool any = add_bars(&b);
    if (any)
        bars_write_ratios(&b, "cost of the first operation, by workload and mode", "first operation over later ones");
    bars_free(&b);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
