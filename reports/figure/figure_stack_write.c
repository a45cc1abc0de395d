/* figure_stack_write.c: stacked bars as data and script; figure_stack.h says why. */
#include "reports/figure/figure_stack.h"
#include "reports/common/number.h"

#include <math.h>

#define AXIS 28.0 /* points at the default font size: below each panel */

static double height_of(const struct stack *s, unsigned panel)
{
    return STACK_BAR * figure_zoom(s->f) * s->panel[panel].bars;
}

/* `panel`: STACK_PANELS for any. */
static bool has_look(const struct stack *s, unsigned panel, unsigned look)
{
    for (size_t i = 0; i < s->pieces; i++)
        if (s->piece[i].look == look && (panel == STACK_PANELS || s->piece[i].bar->panel == panel))
            return true;
    return false;
}

static const char *text_of(const struct stack_piece *p)
{
    return p->inside == STACK_LETTER ? p->letter : p->inside == STACK_NAME_ALONE ? p->name : p->text;
}

static bool has_lines(const struct stack *s, unsigned panel)
{
    for (size_t i = 0; i < s->bars; i++)
        if (s->bar[i].lines && s->bar[i].panel == panel)
            return true;
    return false;
}

/* The words below the bars. It is the last block, and may be without a line. */
static void write_lines(const struct stack *s)
{
    fputs("\n\n# below the bars: panel, place, text\n", s->f->data);
    for (size_t i = 0; i < s->bars; i++)
        for (unsigned line = 0; line < s->bar[i].lines; line++)
            fprintf(s->f->data, "%u\t%g\t%s\n", s->bar[i].panel, s->bar[i].place + 0.5 + STACK_LINE * (line + 0.5),
                    s->bar[i].line[line]);
}

/* Block by block: the looks, the bars' ends, the workloads' names. */
static void write_data(const struct stack *s)
{
    FILE *data = s->f->data;
    const struct stack_shape *shape = s->shape;
    char label[FIGURE_LABEL], number[NUMBER_SIZE];
    for (unsigned i = 0; i < shape->looks; i++) {
        fprintf(data, "%s# %s: panel, workload, column, %s, %s, from, to, place, whether its text fits, text\n",
                i ? "\n\n" : "", shape->look[i].what, shape->piece, shape->value);
        /* A block without a line would be none, and those behind it would have other numbers. */
        if (!has_look(s, STACK_PANELS, i))
            fputs("NaN\n", data);
        for (size_t j = 0; j < s->pieces; j++) {
            const struct stack_piece *p = &s->piece[j];
            if (p->look != i)
                continue;
            figure_column_label(s->m, p->bar->column, label);
            number_plain(number, p->value);
            fprintf(data, "%u\t%s\t%s\t%s\t%s\t%.9g\t%.9g\t%g\t%d\t%s\n", p->bar->panel, s->m->row[p->bar->row].label,
                    label, p->name, number, p->from, p->to, p->bar->place, p->inside != STACK_OUTSIDE, text_of(p));
        }
    }
    fprintf(data, "\n\n# bars: panel, workload, column, %s, place, text behind the bar\n", shape->total);
    for (size_t i = 0; i < s->bars; i++) {
        const struct stack_bar *b = &s->bar[i];
        figure_column_label(s->m, b->column, label);
        number_plain(number, b->total);
        fprintf(data, "%u\t%s\t%s\t%s\t%g\t%s\n", b->panel, s->m->row[b->row].label, label, number, b->place, b->text);
    }
    fputs("\n\n# workloads: panel, name, place\n", data);
    for (size_t i = 0; i < s->bars; i++)
        if (s->bar[i].column == 0)
            fprintf(data, "%u\t%s\t%g\n", s->bar[i].panel, s->m->row[s->bar[i].row].label,
                    figure_narrow(s->f) ? s->bar[i].place - 0.5 - STACK_NAME / 2
                                        : (s->bar[i].place + s->bar[i + s->m->columns - 1].place) / 2);
    if (shape->below)
        write_lines(s);
}

/* 1, 2 or 5 times a power of ten, with at most `most` of them in `range`. */
static double tick(double range, double most)
{
    double step = pow(10, floor(log10(range / most)));
    if (range / step <= most)
        return step;
    if (range / step / 2 <= most)
        return 2 * step;
    return range / step / 5 <= most ? 5 * step : 10 * step;
}

static size_t make_keys(const struct stack *s, struct figure_key keys[STACK_LOOKS])
{
    size_t count = 0;
    for (unsigned i = 0; i < s->shape->looks; i++)
        if (has_look(s, STACK_PANELS, i))
            keys[count++] = (struct figure_key){s->shape->look[i].what, s->shape->look[i].colour, "solid 1", 0};
    return count;
}

static void write_panel(const struct stack *s, struct figure *f, unsigned panel, double from)
{
    const double height = f->height, pad = STACK_PAD * figure_zoom(f);
    FILE *script = f->script;
    const struct stack_panel *p = &s->panel[panel];
    const unsigned ends = s->shape->looks; /* the block of the bars' ends; behind it the names' */
    const double room = figure_width_of(f, p->range < 0.1 ? "0.000" : "0.0", FIGURE_NAMES) + 3 * pad;
    const double labels = fmin(10, fmax(1, (s->right - s->left) / room));
    double top = (height - from) / height, bottom = (height - from - height_of(s, panel)) / height;
    fprintf(script,
            "panel = %u\n"
            "set bmargin at screen %.5f\nset tmargin at screen %.5f\n"
            "set xrange [0:%.9g]\n"
            "set yrange [%g:0]\n"
            "set xtics %s%g",
            panel, bottom, top, p->range, p->bars, s->shape->most > 0 ? "0," : "",
            fmax(tick(p->range, labels), p->range > 2 ? 1 : 0));
    if (s->shape->most > 0)
        fprintf(script, ",%g", s->shape->most);
    fputc('\n', script);
    if (panel + 1 == s->panels)
        figure_axis_label(f, s->shape->axis, (s->left + s->right) / 2, bottom * height);
    fputs("plot \\\n", script);
    for (unsigned i = 0; i < s->shape->looks; i++) {
        const struct stack_look *look = &s->shape->look[i];
        if (!has_look(s, panel, i))
            continue;
        fprintf(
            script,
            "    data index %u using ($1 == panel ? $6 : NaN):8:6:7:($8-0.46):($8+0.46) with boxxyerror "
            "fillstyle solid 1 border lc rgb '%s' lc rgb '%s' lw 0.6, \\\n"
            "    data index %u using ($1 == panel && $9 > 0 ? ($6+$7)/2 : NaN):8:(twice(small(stringcolumn(10)))) with "
            "labels center "
            "font small_font textcolor rgb '%s', \\\n",
            i, look->border, look->colour, i, look->ink);
    }
    /* Where names stand between the bars, the axis stands beside the bars alone. */
    if (figure_narrow(f))
        fprintf(script,
                "    data index %u using ($1 == panel ? 0 : NaN):($5-0.5):(0):(1) with vectors nohead "
                "lc rgb '#000000' lw 0.7, \\\n",
                ends);
    if (has_lines(s, panel))
        fprintf(script,
                "    data index %u using ($1 == panel ? 0 : NaN):2:(twice(small(stringcolumn(3)))) with labels left "
                "offset first %.9g,0 font small_font textcolor rgb '#404040', \\\n",
                ends + 2, pad / p->scale);
    fprintf(script,
            "    data index %u using ($1 == panel ? $4 : NaN):5:(twice(small(stringcolumn(6)))) with labels left "
            "offset first %.9g,0 font small_font, \\\n"
            "    data index %u using ($1 == panel ? 0 : NaN):5:(twice(small(stringcolumn(3)))) with labels right "
            "offset first %.9g,0 font small_font textcolor rgb '#404040', \\\n"
            "    data index %u using ($1 == panel ? 0 : NaN):3:(twice(names(stringcolumn(2)))) with labels %s "
            "offset first %.9g,0 font names_font\n",
            ends, pad / p->scale, ends, -pad / p->scale, ends + 1, figure_narrow(f) ? "left" : "right",
            (figure_narrow(f) ? FIGURE_MARGIN - s->left : -(2.5 * pad + s->column_width)) / p->scale);
}

static void write_script(const struct stack *s, struct figure *f, const char *foot, const struct figure_key *keys,
                         size_t count)
{
    double from = figure_legend_height(f, keys, count);
    fputs("set multiplot\n", f->script);
    figure_foot(f, foot);
    figure_legend(f, keys, count);
    fprintf(f->script,
            "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
            "unset ytics\n"
            "set format x tics.'%%g'\n"
            "set xtics out nomirror scale 0.5 offset 0,0.3\n"
            "set grid xtics lt 1 lc rgb '#d8d8d8' lw 0.5\n"
            "set border %d lw 0.7\n",
            s->left / f->style->width, s->right / f->style->width, figure_narrow(f) ? 1 : 3);
    for (unsigned panel = 0; panel < s->panels; panel++) {
        if (panel)
            fputs("unset label\nunset object\n", f->script);
        write_panel(s, f, panel, from);
        from += height_of(s, panel) + AXIS * figure_zoom(f);
    }
    fputs("unset multiplot\nunset label\nunset object\n", f->script);
}

void stack_write(const struct stack *s, struct figure *f, const char *foot)
{
    struct figure_key keys[STACK_LOOKS];
    const size_t count = make_keys(s, keys);
    f->height = figure_legend_height(f, keys, count) + figure_foot_height(f, foot);
    for (unsigned panel = 0; panel < s->panels; panel++)
        f->height += height_of(s, panel) + AXIS * figure_zoom(f);
    figure_begin(f, s->shape->what);
    write_data(s);
    write_script(s, f, foot, keys, count);
    figure_end(f);
}
