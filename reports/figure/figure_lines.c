/* figure_lines.c: panels with curves; figure_lines.h says why. */
#include "reports/figure/figure_lines.h"
#include "reports/common/number.h"

#include <math.h>
#include <string.h>

#define TITLE      14.0 /* points at the default size, as all sizes below: above a panel */
#define NUMBERS    13.0 /* below it */
#define AXIS_LABEL 13.0 /* under the last line of panels */
#define SIDE       36.0 /* left of a panel: its numbers */
#define RIGHT      12.0
#define GAP        6.0 /* between two numbers of an axis */

void lines_look(const struct model *m, unsigned column, char into[64])
{
    char colour[FIGURE_COLOUR];
    figure_line_colour(m, column, colour);
    snprintf(into, 64, "lc rgb '%s' dt %u lw 1.4", colour, figure_dash(m, column));
}

static double line_height(const struct lines *l)
{
    return l->height + (TITLE + NUMBERS) * figure_zoom(l->f);
}

void lines_lay_out(struct lines *l, struct figure *f, size_t wanted, unsigned most_across, double ratio,
                   const char *foot)
{
    const double zoom = figure_zoom(f), room = f->style->width - 2 * FIGURE_MARGIN;
    l->f = f;
    l->foot = foot;
    figure_columns(f->m, &l->columns);
    for (unsigned c = 0; c < f->m->columns; c++) {
        figure_line_colour(f->m, c, l->columns.colour[c]);
        l->columns.key[c].dash = figure_dash(f->m, c);
    }
    l->across = most_across;
    while (l->across > 1 && (l->across > wanted || room / l->across < 140 * zoom))
        l->across--;
    l->left = SIDE * zoom;
    l->width = room / l->across - l->left - RIGHT * zoom;
    l->height = l->width * ratio;
    double rest =
        figure_legend_height(f, l->columns.key, f->m->columns) + AXIS_LABEL * zoom + figure_foot_height(f, foot);
    size_t most = (size_t)fmax(1, (f->style->most_height - rest) / line_height(l));
    const size_t across = l->across > 0 ? l->across : 1;
    size_t lines = (wanted + across - 1) / across;
    lines = lines < most ? lines : most;
    l->panels = lines * across < wanted ? lines * across : wanted;
    f->height = rest + (double)lines * line_height(l);
}

void lines_begin(struct lines *l, const char *xlabel, const char *ylabel)
{
    struct figure *f = l->f;
    l->xlabel = xlabel;
    l->ylabel = ylabel;
    fputs("set multiplot\n", f->script);
    figure_foot(f, l->foot);
    figure_legend(f, l->columns.key, f->m->columns);
    char label[160];
    snprintf(label, sizeof(label), "%s; %s", xlabel, ylabel);
    figure_axis_label(f, label, f->style->width / 2, figure_foot_height(f, l->foot) + AXIS_LABEL * figure_zoom(f) * 2);
}

static double position(const struct lines_axis *a, double value)
{
    return a->log ? log(value / a->low) / log(a->high / a->low) : (value - a->low) / (a->high - a->low);
}

void lines_panel(struct lines *l, size_t panel, const char *title, const struct lines_axis *x,
                 const struct lines_axis *y)
{
    struct figure *f = l->f;
    const double zoom = figure_zoom(f);
    const size_t line = panel / l->across, in_line = panel % l->across;
    double left = FIGURE_MARGIN + (double)in_line * (l->left + l->width + RIGHT * zoom) + l->left;
    double top = f->height - figure_legend_height(f, l->columns.key, f->m->columns) - (double)line * line_height(l) -
                 TITLE * zoom;
    fputs(panel ? "unset label\nunset object\nunset arrow\n" : "", f->script);
    figure_label(f, title, FIGURE_NAMES, left + l->width / 2, top + TITLE * zoom / 2 - 1, "center", "#000000");
    figure_plot_area(f, left, top - l->height, left + l->width, top);
    fprintf(f->script,
            "unset logscale\n%s%s"
            "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n"
            "set border 3 lw 0.7\n"
            "set grid xtics ytics lt 1 lc rgb '#e4e4e4' lw 0.5\n",
            x->log ? "set logscale x\n" : "", y->log ? "set logscale y\n" : "", x->low, x->high, y->low, y->high);
}

void lines_tics(const struct lines *l, char axis, const struct lines_axis *range, const double *value, size_t count)
{
    const double length = axis == 'x' ? l->width : l->height;
    double end = -1e9, last_begin = 1e9;
    FILE *out = l->f->script;
    fprintf(out, "set %ctics out nomirror scale 0.4 offset %s (", axis, axis == 'x' ? "0,0.3" : "0.5,0");
    for (size_t n = 0, said = 0; n < count; n++) {
        /* The last one goes before those between. */
        size_t i = n == 0 ? 0 : n == 1 ? count - 1 : n - 1;
        char text[NUMBER_SIZE];
        number_cost(text, value[i], true);
        double size = axis == 'x' ? figure_width_of(l->f, text, FIGURE_SMALL) : figure_font_size(l->f, FIGURE_SMALL);
        double at = position(range, value[i]) * length, gap = GAP * figure_zoom(l->f) / (axis == 'x' ? 1 : 2);
        if (i > 0 && at - size / 2 < end + gap)
            continue;
        if (i > 0 && i + 1 < count && at + size / 2 + gap > last_begin)
            continue;
        if (i == 0 || i + 1 < count)
            end = at + size / 2;
        if (i + 1 == count)
            last_begin = at - size / 2;
        fprintf(out, "%ssmall('%s') %.9g", said++ ? ", " : "", text, value[i]);
    }
    fputs(") font small_font\n", out);
}

void lines_end(struct lines *l)
{
    fputs("unset multiplot\nunset label\nunset object\nunset arrow\n", l->f->script);
}
