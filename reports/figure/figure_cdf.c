/*
 * figure_cdf.c: how costs are distributed: for each workload whose cost varies
 * anywhere, the share of samples up to each value. Samples of several
 * boots are not independent and not pooled: a curve is one boot's.
 */
#include "reports/figure/figure_lines.h"
#include "common/memory.h"

#include <math.h>
#include <stdlib.h>

#define ACROSS 3
#define RATIO  0.62 /* of a panel's height to its width */
#define FLAT   0.38 /* the same, where panels are as wide as the page */

struct panel {
    size_t row;
    struct lines_axis x;
    double apart; /* the largest share of samples that are not the median */
};

/* A curve is worth its place where so many samples are not the median; else a note of the table says it. */
#define SPREAD 0.1

static bool has_spread(const struct panel *panel, size_t panels)
{
    for (size_t i = 0; i < panels; i++)
        if (panel[i].apart >= SPREAD)
            return true;
    return false;
}

static const struct result_cost *cost_of(const struct model *m, size_t row, unsigned column)
{
    const struct model_cell *cell = model_at(m, row, column);
    return cell->has_cost && cell->operations > 0 && cell->any->cost.min > 0 ? &cell->any->cost : NULL;
}

/* One unit only: an axis has one. */
static bool varies(const struct model *m, size_t row, struct panel *p)
{
    bool any = false;
    *p = (struct panel){.row = row, .x = {INFINITY, 0, true}};
    for (unsigned c = 0; c < m->columns; c++) {
        const struct result_cost *cost = cost_of(m, row, c);
        if (!cost)
            continue;
        const double n = model_at(m, row, c)->operations;
        any = any || cost->distinct > 1;
        if (cost->distinct > 1 && cost->samples > 0)
            p->apart = fmax(p->apart, 1 - cost->at_median / cost->samples);
        p->x.low = fmin(p->x.low, cost->min / n);
        p->x.high = fmax(p->x.high, cost->max / n);
    }
    return any;
}

static size_t find_panels(const struct model *m, struct panel *panel)
{
    size_t panels = 0;
    for (size_t row = 0; row < m->rows; row++)
        panels += varies(m, row, &panel[panels]);
    return panels;
}

static int by_apart(const void *a, const void *b)
{
    const struct panel *x = a, *y = b;
    return x->apart != y->apart ? (x->apart < y->apart) - (x->apart > y->apart) : (x->row > y->row) - (x->row < y->row);
}

static int by_row(const void *a, const void *b)
{
    const struct panel *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* Those that vary most come first, if not all can be shown. */
static void choose(struct panel *panel, size_t panels, size_t shown)
{
    qsort(panel, panels, sizeof(panel[0]), by_apart);
    qsort(panel, shown, sizeof(panel[0]), by_row);
    qsort(panel + shown, panels - shown, sizeof(panel[0]), by_row);
}

static void write_curve(const struct figure *f, const struct panel *p, unsigned column)
{
    const struct result_cost *cost = cost_of(f->m, p->row, column);
    const double n = cost ? model_at(f->m, p->row, column)->operations : 1;
    const json_t *pair;
    size_t i;
    double seen = 0;
    if (!cost) {
        fputs("NaN\tNaN\n", f->data);
        return;
    }
    fprintf(f->data, "%.9g\t0\n", cost->min / n);
    if (!cost->distribution)
        fprintf(f->data, "%.9g\t1\n", cost->min / n);
    json_array_foreach(cost->distribution, i, pair)
    {
        seen += json_number_value(json_array_get(pair, 1));
        fprintf(f->data, "%.9g\t%.9g\n", json_number_value(json_array_get(pair, 0)) / n,
                cost->samples > 0 ? seen / cost->samples : 0);
    }
    fprintf(f->data, "%.9g\t1\n", p->x.high);
}

static void write_data(const struct figure *f, const struct panel *panel, size_t panels)
{
    char label[FIGURE_LABEL];
    for (size_t i = 0; i < panels; i++)
        for (unsigned c = 0; c < f->m->columns; c++) {
            figure_column_label(f->m, c, label);
            fprintf(f->data, "%s# %s, %s: cost per operation, share of samples up to it\n", i || c ? "\n\n" : "",
                    f->m->row[panel[i].row].label, label);
            write_curve(f, &panel[i], c);
        }
}

static void write_panel(struct lines *l, size_t i, const struct panel *p)
{
    static const double shares[] = {0, 0.5, 1};
    const struct figure *f = l->f;
    const double middle[] = {p->x.low, sqrt(p->x.low * p->x.high), p->x.high};
    /* Room on both sides, so that a step at an end is seen. */
    const struct lines_axis x = {p->x.low / 1.05, p->x.high * 1.05, true}, y = {-0.03, 1.03, false};
    char look[64];
    lines_panel(l, i, f->m->row[p->row].label, &x, &y);
    lines_tics(l, 'x', &x, middle, 3);
    lines_tics(l, 'y', &y, shares, 3);
    fputs("plot \\\n", f->script);
    for (unsigned c = 0; c < f->m->columns; c++) {
        lines_look(f->m, c, look);
        fprintf(f->script, "    data index %zu using 1:2 with steps %s%s\n", i * f->m->columns + c, look,
                c + 1 < f->m->columns ? ", \\" : "");
    }
}

static char *foot_text(const struct figure *f, const struct panel *panel, size_t shown, size_t panels)
{
    char source[400], *text = NULL;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    bool repeated = false;
    if (!out)
        return NULL;
    for (size_t i = 0; i < f->m->rows * f->m->columns; i++)
        repeated = repeated || f->m->cell[i].boots > 1;
    figure_source(f->m, source, sizeof(source));
    fprintf(out, "Suite %s on %s. Workloads whose cost varies; the scales differ.%s", f->m->result->suite, source,
            repeated ? " Each curve is of one boot, the first." : "");
    for (size_t i = shown; i < panels; i++)
        fprintf(out, "%s %s", i == shown ? " Not shown for want of room:" : ",", f->m->row[panel[i].row].label);
    fputs(shown < panels ? "." : "", out);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

enum figure_answer figure_cdf(struct figure *f)
{
    struct panel *panel = calloc(f->m->rows + 1, sizeof(*panel));
    size_t panels = panel ? find_panels(f->m, panel) : 0;
    const char *unit;
    char label[80];
    struct lines l;
    if (!f->style->asked && panels && !has_spread(panel, panels))
        panels = 0;
    char *foot = panels && model_one_unit(f->m, &unit) ? foot_text(f, panel, panels, panels) : NULL;
    if (foot) {
        /* What is left out makes the foot longer, which may leave out more: the longest foot that there can be. */
        const double ratio = figure_narrow(f) ? FLAT : RATIO;
        lines_lay_out(&l, f, panels, ACROSS, ratio, foot);
        for (size_t before = panels + 1; l.panels < panels && l.panels < before;) {
            before = l.panels;
            free(foot);
            choose(panel, panels, l.panels);
            foot = foot_text(f, panel, l.panels, panels);
            lines_lay_out(&l, f, panels, ACROSS, ratio, foot ? foot : "");
        }
        figure_begin(f, "how the costs of an operation are distributed, by workload and mode");
        write_data(f, panel, l.panels);
        snprintf(label, sizeof(label), "across: %s per operation", unit);
        lines_begin(&l, label, "up: share of samples");
        for (size_t i = 0; i < l.panels; i++)
            write_panel(&l, i, &panel[i]);
        lines_end(&l);
        figure_end(f);
    }
    bool drawn = foot != NULL;
    free(foot);
    free(panel);
    return drawn ? FIGURE_DRAWN : FIGURE_NOTHING;
}
