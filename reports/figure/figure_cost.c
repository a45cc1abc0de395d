/*
 * figure_cost.c: the cost of an operation, on a logarithmic scale: one bar a
 * mode, one group a workload, each bar with its value.
 */
#include "reports/figure/figure.h"
#include "reports/common/number.h"
#include "reports/print/report_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAR    9.5  /* points; all sizes below too */
#define GAP    0.55 /* of a bar, between workloads */
#define TOP    24.0
#define AXIS   30.0
#define MARGIN 6.0

struct plan {
    const struct model *m;
    double left, right, top, bottom, height; /* of the plot on the page */
    double low, high;                        /* of the axis */
    double value_width;
    unsigned foot_lines;
};

/* Of distinct lightness, so that they stay apart in grey. */
static const char *const colours[] = {"#0b3c6f", "#f4b95a", "#4f9a8a", "#d9e6f2",
                                      "#a63d2f", "#b9a3c9", "#404040", "#f2efe0"};
/* From the ninth column on colours repeat, with a pattern. */
#define COLOURS (sizeof(colours) / sizeof(colours[0]))

static double row_height(const struct model *m)
{
    return m->columns + GAP;
}

static double bar_place(const struct model *m, size_t row, unsigned column)
{
    return (double)row * row_height(m) + column + 0.5 + GAP / 2;
}

static bool drawable(const struct model_cell *cell)
{
    return cell->has_cost && cell->cost > 0;
}

static void value_text(const struct model *m, size_t row, unsigned column, char into[NUMBER_SIZE])
{
    const struct model_cell *cell = model_at(m, row, column);
    bool bad;
    const char *absence = cell_absence(cell, &bad);
    if (absence)
        snprintf(into, NUMBER_SIZE, "%.24s", absence);
    else
        number_cost(into, cell->cost, m->column[column].exact);
}

/* The decades that hold all costs; false when there is none. */
static bool find_range(struct plan *p)
{
    bool any = false;
    double least = 0, most = 0;
    for (size_t row = 0; row < p->m->rows; row++)
        for (unsigned column = 0; column < p->m->columns; column++) {
            const struct model_cell *cell = model_at(p->m, row, column);
            char text[NUMBER_SIZE];
            value_text(p->m, row, column, text);
            p->value_width = fmax(p->value_width, figure_text_width(text, FIGURE_SMALL));
            if (!drawable(cell))
                continue;
            least = any ? fmin(least, cell->cost) : cell->cost;
            most = any ? fmax(most, cell->cost) : cell->cost;
            any = true;
        }
    if (!any)
        return false;
    /* The smallest bar is to be seen too. */
    p->low = pow(10, floor(log10(least / 1.5)));
    /* Behind the longest bar its value must fit. */
    double room = p->right - p->left, words = p->value_width + 8;
    double decades = log10(most / p->low) * room / (room - words);
    p->high = p->low * pow(10, decades);
    return true;
}

static void lay_out(struct plan *p, const char *foot)
{
    double names = 0;
    for (size_t row = 0; row < p->m->rows; row++)
        names = fmax(names, figure_text_width(p->m->row[row].label, FIGURE_FONT));
    p->left = MARGIN + names + 6;
    p->right = FIGURE_WIDTH - MARGIN - 8;
    p->foot_lines = figure_foot(foot, 1, NULL);
    p->bottom = MARGIN + AXIS + FIGURE_FOOT_LINE * p->foot_lines;
    p->height = p->bottom + TOP + BAR * row_height(p->m) * (double)p->m->rows;
    p->top = p->height - TOP;
}

static void write_data(const struct plan *p, FILE *data)
{
    const struct model *m = p->m;
    char label[FIGURE_LABEL], text[NUMBER_SIZE], number[NUMBER_SIZE];
    for (unsigned column = 0; column < m->columns; column++) {
        figure_column_label(m, column, label);
        fprintf(data, "%s# %s: workload, column, cost per operation, place, where its text stands, text\n",
                column ? "\n\n" : "", label);
        for (size_t row = 0; row < m->rows; row++) {
            const struct model_cell *cell = model_at(m, row, column);
            value_text(m, row, column, text);
            number_plain(number, cell->cost);
            fprintf(data, "%s\t%s\t%s\t%g\t%.9g\t%s\n", m->row[row].label, label, drawable(cell) ? number : "NaN",
                    bar_place(m, row, column), drawable(cell) ? cell->cost : p->low, text);
        }
    }
    fputs("\n\n# workloads: name, place\n", data);
    for (size_t row = 0; row < m->rows; row++)
        fprintf(data, "%s\t%g\n", m->row[row].label, ((double)row + 0.5) * row_height(m));
}

static void write_axes(const struct plan *p, const char *unit, FILE *script)
{
    fprintf(script,
            "unset key\n"
            "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
            "set bmargin at screen %.5f\nset tmargin at screen %.5f\n"
            "low = %g\n"
            "set logscale x\n"
            "set xrange [low:%g]\n"
            "set yrange [%g:0]\n"
            "set format x '%%.0f'\n"
            "set xtics out nomirror scale 0.5 offset 0,0.3\n"
            "set mxtics 10\n"
            "unset ytics\n"
            "set grid xtics lt 1 lc rgb '#d8d8d8' lw 0.5\n"
            "set border 1 lw 0.7\n"
            "set xlabel '%s per operation' offset 0,0.7\n",
            p->left / FIGURE_WIDTH, p->right / FIGURE_WIDTH, p->bottom / p->height, p->top / p->height, p->low, p->high,
            row_height(p->m) * (double)p->m->rows, unit);
    if (p->low < 1)
        fputs("set format x '%g'\n", script);
}

static const char *fill_of(unsigned column)
{
    return column < COLOURS ? "solid 1" : "pattern 2";
}

static void write_legend(const struct plan *p, FILE *script)
{
    struct figure_key keys[MODEL_COLUMNS_MAX];
    char label[MODEL_COLUMNS_MAX][FIGURE_LABEL];
    const char *unit;
    for (unsigned c = 0; c < p->m->columns; c++) {
        figure_column_label(p->m, c, label[c]);
        size_t used = strlen(label[c]);
        if (!model_one_unit(p->m, &unit))
            snprintf(label[c] + used, sizeof(label[c]) - used, ": %.30s", p->m->column[c].unit);
        keys[c] = (struct figure_key){label[c], colours[c % COLOURS], fill_of(c)};
    }
    figure_legend(keys, p->m->columns, p->height, script);
}

static void write_bars(const struct plan *p, FILE *script)
{
    const struct model *m = p->m;
    fputs("plot \\\n", script);
    for (unsigned c = 0; c < m->columns; c++) {
        bool any = false;
        for (size_t row = 0; row < m->rows && !any; row++)
            any = drawable(model_at(m, row, c));
        if (any)
            fprintf(script,
                    "    data index %u using 3:4:(low):3:($4-0.46):($4+0.46) with boxxyerror "
                    "fillstyle %s border lc rgb '#000000' lc rgb '%s' lw 0.4, \\\n",
                    c, fill_of(c), colours[c % COLOURS]);
        fprintf(script,
                "    data index %u using 5:4:(stringcolumn(6)) with labels left "
                "offset char 0.4,0 font 'DejaVu Sans,%g', \\\n",
                c, FIGURE_SMALL);
    }
    fprintf(script, "    data index %u using (low):2:(stringcolumn(1)) with labels right offset char -0.6,0\n",
            m->columns);
}

enum figure_answer figure_cost(const struct model *m, const char *name, unsigned formats, FILE *data, FILE *script)
{
    static const char what[] = "cost per operation, by workload and mode";
    struct plan p = {.m = m};
    char foot[600], source[400];
    const char *unit;
    bool one = model_one_unit(m, &unit);
    figure_source(m, source, sizeof(source));
    snprintf(foot, sizeof(foot), "Suite %s on %s. Median; the cost of the empty loop is included.", m->result->suite,
             source);
    lay_out(&p, foot);
    if (!find_range(&p))
        return FIGURE_NOTHING;
    const struct figure_page page = {name, p.height, formats};
    figure_data_begin(m, name, what, data);
    write_data(&p, data);
    figure_script_begin(&page, what, script);
    figure_foot(foot, p.height, script);
    write_legend(&p, script);
    write_axes(&p, one ? unit : "units as in the legend,", script);
    write_bars(&p, script);
    figure_script_end(script);
    return FIGURE_DRAWN;
}
