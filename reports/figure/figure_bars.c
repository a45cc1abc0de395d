/* figure_bars.c: bars in groups: their layout and their script; figure_bars.h says why. */
#include "reports/figure/figure_bars.h"
#include "reports/common/number.h"

#include <math.h>
#include <stdlib.h>

#define BAR      9.5  /* points at the default size, as all sizes below */
#define GAP      0.55 /* of a bar, between workloads */
#define NAME     1.15 /* of a bar, for the workload's name in a narrow figure */
#define AXIS     28.0
#define DISTANCE 4.0 /* between a bar and its words, and between names */

#define TICK_LEAST 26 /* points between two labels of an axis of ratios */

int bars_open(struct bars *b, struct figure *f, unsigned pieces)
{
    *b = (struct bars){.f = f, .pieces = pieces};
    b->bar = calloc(f->m->rows * f->m->columns + 1, sizeof(*b->bar));
    return b->bar ? 0 : -1;
}

void bars_free(struct bars *b)
{
    free(b->bar);
    b->bar = NULL;
}

struct bar *bars_add(struct bars *b, size_t row, unsigned column)
{
    struct bar *bar = &b->bar[b->count];
    if (b->count == 0 || bar[-1].row != row)
        b->length += GAP + (figure_narrow(b->f) ? NAME : 0);
    *bar = (struct bar){.row = row, .column = column, .place = b->length - GAP / 2 + 0.5};
    b->length += 1;
    b->count++;
    return bar;
}

/* With pieces, colours say what the pieces are, and the columns' names stand at the bars. */
static bool named(const struct bars *b)
{
    return b->pieces > 1;
}

static double column_width(const struct bars *b)
{
    char label[FIGURE_LABEL];
    double width = 0;
    for (size_t i = 0; i < b->count && named(b); i++) {
        figure_column_label(b->f->m, b->bar[i].column, label);
        width = fmax(width, figure_width_of(b->f, label, FIGURE_SMALL));
    }
    return width;
}

void bars_lay_out(struct bars *b)
{
    struct figure *f = b->f;
    const double zoom = figure_zoom(f);
    double names = 0, widest = 0, columns = column_width(b);
    for (size_t i = 0; i < b->count; i++) {
        names = fmax(names, figure_width_of(f, f->m->row[b->bar[i].row].label, FIGURE_NAMES));
        widest = fmax(widest, figure_width_of(f, b->bar[i].text, FIGURE_SMALL));
    }
    if (f->shared) {
        names = figure_share(&f->shared->names, f->shared->known, names);
        widest = figure_share(&f->shared->words, f->shared->known, widest);
        columns = figure_share(&f->shared->columns, f->shared->known, columns);
    }
    b->words = widest + 2 * DISTANCE * zoom;
    b->left = FIGURE_MARGIN + (figure_narrow(f) ? 0 : names + DISTANCE * zoom) + 2 * zoom +
              (columns > 0 ? columns + DISTANCE * zoom : 0);
    b->right = f->style->width - FIGURE_MARGIN - 8;
    b->bottom = AXIS * zoom + figure_foot_height(f, b->foot);
    f->height = b->bottom + BAR * zoom * b->length + figure_legend_height(f, b->key, b->keys);
    b->top = b->bottom + BAR * zoom * b->length;
}

static bool last_of_row(const struct bars *b, size_t i)
{
    return i + 1 == b->count || b->bar[i + 1].row != b->bar[i].row;
}

static bool any(const struct bars *b, unsigned column, bool drawn)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->bar[i].column == column && (b->bar[i].drawn || !drawn))
            return true;
    return false;
}

/* A block a column, then the workloads. */
static void write_data(const struct bars *b)
{
    const struct model *m = b->f->m;
    FILE *out = b->f->data;
    char label[FIGURE_LABEL], number[NUMBER_SIZE];
    for (unsigned column = 0; column < m->columns; column++) {
        figure_column_label(m, column, label);
        fprintf(out, "%s# %s: workload, column, %s, place, where its words stand, words, the ends of its pieces\n",
                column ? "\n\n" : "", label, b->value);
        /* A block without a line would be none, and those behind it would have other numbers. */
        if (!any(b, column, false))
            fputs("\tNaN\tNaN\tNaN\n", out);
        for (size_t i = 0; i < b->count; i++) {
            const struct bar *bar = &b->bar[i];
            if (bar->column != column)
                continue;
            number_plain(number, bar->value);
            fprintf(out, "%s\t%s\t%s\t%g\t%.9g\t%s", m->row[bar->row].label, label, bar->drawn ? number : "NaN",
                    bar->place, bar->words_at, bar->text);
            for (unsigned p = 0; p <= b->pieces; p++)
                fprintf(out, bar->drawn ? "\t%.9g" : "\tNaN", bar->end[p]);
            fputc('\n', out);
        }
    }
    fputs("\n\n# workloads: name, place\n", out);
    for (size_t i = 0, first = 0; i < b->count; i++)
        if (last_of_row(b, i)) {
            double place = figure_narrow(b->f) ? b->bar[first].place - 0.5 - NAME / 2
                                               : (b->bar[first].place + b->bar[i].place) / 2;
            fprintf(out, "%s\t%g\n", m->row[b->bar[i].row].label, place);
            first = i + 1;
        }
}

static void plot(const struct bars *b, double low)
{
    const double zoom = figure_zoom(b->f), units = (b->right - b->left) / 100;
    const unsigned columns = b->f->m->columns;
    FILE *out = b->f->script;
    fprintf(out, "low = %.9g\nplot \\\n", low);
    for (unsigned c = 0; c < columns; c++) {
        /* Names stand between the groups of bars, and are not to be crossed. */
        if (b->has_unit_line && figure_narrow(b->f) && any(b, c, false))
            fprintf(out,
                    "    data index %u using (1):($4-0.5):(0):(1) with vectors nohead lc rgb '#000000' lw 0.8, \\\n",
                    c);
        for (unsigned p = 0; p < b->pieces && any(b, c, true); p++) {
            const struct figure_key *key = &b->key[b->pieces > 1 ? p : c];
            fprintf(out,
                    "    data index %u using %u:4:%u:%u:($4-0.46):($4+0.46) with boxxyerror "
                    "fillstyle %s border lc rgb '#000000' lc rgb '%s' lw 0.4, \\\n",
                    c, 7 + p, 7 + p, 8 + p, key->fill, key->colour);
        }
        if (any(b, c, false))
            fprintf(out,
                    "    data index %u using 5:4:(twice(small(stringcolumn(6)))) with labels left offset graph %.4f,0 "
                    "font small_font, \\\n",
                    c, DISTANCE * zoom / units / 100);
        if (any(b, c, false) && named(b))
            fprintf(
                out,
                "    data index %u using (low):4:(twice(small(stringcolumn(2)))) with labels right offset graph %.4f,0 "
                "font small_font textcolor rgb '#404040', \\\n",
                c, -DISTANCE * zoom / units / 100);
    }
    double names = figure_narrow(b->f) ? FIGURE_MARGIN - b->left
                                       : -((named(b) ? column_width(b) + 2 * DISTANCE * zoom : 0) + DISTANCE * zoom);
    fprintf(out,
            "    data index %u using (low):2:(twice(names(stringcolumn(1)))) with labels %s offset graph %.4f,0 "
            "font names_font\n",
            columns, figure_narrow(b->f) ? "left" : "right", names / units / 100);
}

void bars_write(struct bars *b, const char *what, const char *label, const char *axis, double low)
{
    struct figure *f = b->f;
    figure_begin(f, what);
    write_data(b);
    figure_foot(f, b->foot);
    figure_legend(f, b->key, b->keys);
    figure_plot_area(f, b->left, b->bottom, b->right, b->top);
    fprintf(f->script,
            "%s"
            "set yrange [%g:0]\n"
            "set xtics out nomirror scale 0.5 offset 0,0.3\n"
            "unset ytics\n"
            "set grid xtics lt 1 lc rgb '#d8d8d8' lw 0.5\n"
            "set border 1 lw 0.7\n",
            axis, b->length);
    figure_axis_label(f, label, (b->left + b->right) / 2, b->bottom);
    plot(b, low);
    figure_end(f);
}

void bars_write_shares(struct bars *b, const char *what, const char *label)
{
    char axis[200];
    bars_lay_out(b);
    const double room = b->right - b->left;
    snprintf(axis, sizeof(axis), "set xrange [0:%.9g]\nset format x tics.'%%.0f'\nset xtics 0,%d,100\n",
             100 * room / fmax(room - b->words, room / 10), room < 200 * figure_zoom(b->f) ? 50 : 20);
    bars_write(b, what, label, axis, 0);
}

bool bars_range(const struct bars *b, double *least, double *most)
{
    struct figure_shared *shared = b->f->shared;
    bool any = false;
    *least = *most = 1;
    for (size_t i = 0; i < b->count; i++) {
        const double value = b->bar[i].value;
        if (!b->bar[i].drawn)
            continue;
        *least = any ? fmin(*least, value) : value;
        *most = any ? fmax(*most, value) : value;
        any = true;
    }
    if (shared && shared->known) {
        *least = shared->least;
        *most = shared->most;
    } else if (shared) {
        shared->least = *least;
        shared->most = *most;
    }
    return any;
}

void bars_write_ratios(struct bars *b, const char *what, const char *label)
{
    double least, most;
    char axis[256];
    bars_range(b, &least, &most);
    least = fmin(least, 1);
    most = fmax(most, 1);
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
             "%s",
             low, low * exp2(octaves), exp2(step),
             figure_narrow(b->f)
                 ? ""
                 : "set arrow 1 from first 1,graph 0 to first 1,graph 1 nohead back lc rgb '#000000' lw 0.8\n");
    b->has_unit_line = true;
    bars_write(b, what, label, axis, low);
}
