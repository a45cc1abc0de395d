/*
 * figure_entries.c: the headline figure: entries into the hypervisor per
 * operation, stacked by kind, PV beside HVM. The class is a colour, the kind
 * stands in its piece of the bar, or behind the bar where it does not fit.
 *
 * Workloads with tens of entries get a panel of their own, with its own
 * scale, so that one entry stays visible in the others. figure_stack.c lays
 * the panels out; here they are written.
 */
#include "reports/figure/figure_stack.h"
#include "common/memory.h"
#include "reports/common/number.h"

#include <math.h>
#include <stdlib.h>

#define AXIS 28.0 /* points at the default font size: below each panel */

/* Of distinct lightness, so that they stay apart in grey; the words inside need contrast. */
static const struct {
    enum pvb_class class;
    const char *what, *colour, *ink;
} looks[PVB_CLASSES] = {{PVB_CLASS_FORWARD, "F: event forwarded", "#ffe39a", "#000000"},
                        {PVB_CLASS_HYPERCALL, "H: hypercall", "#0b3c6f", "#ffffff"},
                        {PVB_CLASS_EMULATE, "E: instruction emulated", "#b5482f", "#ffffff"},
                        {PVB_CLASS_EXIT, "X: VM exit", "#9cc4b4", "#000000"}};

enum { BLOCK_ENDS = PVB_CLASSES, BLOCK_NAMES };

static double height_of(const struct stack *s, unsigned panel)
{
    return STACK_BAR * figure_zoom(s->f) * s->panel[panel].bars;
}

static bool has_class(const struct stack *s, unsigned panel, enum pvb_class class)
{
    for (size_t i = 0; i < s->pieces; i++)
        if (s->piece[i].kind->class == class && (panel == STACK_PANELS || s->piece[i].bar->panel == panel))
            return true;
    return false;
}

/* Block by block: the four classes, the bars' ends, the workloads' names. */
static void write_data(const struct stack *s)
{
    FILE *data = s->f->data;
    char label[FIGURE_LABEL], number[NUMBER_SIZE];
    for (unsigned i = 0; i < PVB_CLASSES; i++) {
        fprintf(data,
                "%s# %s: panel, workload, column, kind, entries per operation, from, to, place, whether its text fits, "
                "text\n",
                i ? "\n\n" : "", looks[i].what);
        /* A block without a line would be none, and those behind it would have other numbers. */
        if (!has_class(s, STACK_PANELS, looks[i].class))
            fputs("NaN\n", data);
        for (size_t j = 0; j < s->pieces; j++) {
            const struct stack_piece *p = &s->piece[j];
            if (p->kind->class != looks[i].class)
                continue;
            figure_column_label(s->m, p->bar->column, label);
            number_plain(number, p->kind->per_operation);
            fprintf(data, "%u\t%s\t%s\t%s\t%s\t%.9g\t%.9g\t%g\t%d\t%s\n", p->bar->panel, s->m->row[p->bar->row].label,
                    label, p->kind->name, number, p->from, p->to, p->bar->place, p->inside, p->text);
        }
    }
    fputs("\n\n# bars: panel, workload, column, entries per operation, place, text behind the bar\n", data);
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
                                        : s->bar[i].place + (s->m->columns - 1) / 2.0);
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

static size_t make_keys(const struct stack *s, struct figure_key keys[PVB_CLASSES])
{
    size_t count = 0;
    for (unsigned i = 0; i < PVB_CLASSES; i++)
        if (has_class(s, STACK_PANELS, looks[i].class))
            keys[count++] = (struct figure_key){looks[i].what, looks[i].colour, "solid 1", 0};
    return count;
}

static void write_panel(const struct stack *s, struct figure *f, unsigned panel, double from)
{
    const double height = f->height, pad = STACK_PAD * figure_zoom(f);
    FILE *script = f->script;
    const struct stack_panel *p = &s->panel[panel];
    const double room = figure_width_of(f, p->range < 0.1 ? "0.000" : "0.0", FIGURE_NAMES) + 3 * pad;
    const double labels = fmin(10, fmax(1, (s->right - s->left) / room));
    double top = (height - from) / height, bottom = (height - from - height_of(s, panel)) / height;
    fprintf(script,
            "panel = %u\n"
            "set bmargin at screen %.5f\nset tmargin at screen %.5f\n"
            "set xrange [0:%.9g]\n"
            "set yrange [%g:0]\n"
            "set xtics %g\n",
            panel, bottom, top, p->range, p->bars, fmax(tick(p->range, labels), p->range > 2 ? 1 : 0));
    if (panel + 1 == s->panels)
        figure_axis_label(f, "entries into the hypervisor per operation", (s->left + s->right) / 2, bottom * height);
    fputs("plot \\\n", script);
    for (unsigned i = 0; i < PVB_CLASSES; i++) {
        if (!has_class(s, panel, looks[i].class))
            continue;
        fprintf(
            script,
            "    data index %u using ($1 == panel ? $6 : NaN):8:6:7:($8-0.46):($8+0.46) with boxxyerror "
            "fillstyle solid 1 border lc rgb '%s' lc rgb '%s' lw 0.6, \\\n"
            "    data index %u using ($1 == panel && $9 > 0 ? ($6+$7)/2 : NaN):8:(twice(small(stringcolumn(10)))) with "
            "labels center "
            "font small_font textcolor rgb '%s', \\\n",
            i, looks[i].ink, looks[i].colour, i, looks[i].ink);
    }
    fprintf(script,
            "    data index %d using ($1 == panel ? $4 : NaN):5:(twice(small(stringcolumn(6)))) with labels left "
            "offset first %.9g,0 font small_font, \\\n"
            "    data index %d using ($1 == panel ? 0 : NaN):5:(twice(small(stringcolumn(3)))) with labels right "
            "offset first %.9g,0 font small_font textcolor rgb '#404040', \\\n"
            "    data index %d using ($1 == panel ? 0 : NaN):3:(twice(names(stringcolumn(2)))) with labels %s "
            "offset first %.9g,0 font names_font\n",
            BLOCK_ENDS, pad / p->scale, BLOCK_ENDS, -pad / p->scale, BLOCK_NAMES, figure_narrow(f) ? "left" : "right",
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
            "set border 3 lw 0.7\n",
            s->left / f->style->width, s->right / f->style->width);
    for (unsigned panel = 0; panel < s->panels; panel++) {
        if (panel)
            fputs("unset label\nunset object\n", f->script);
        write_panel(s, f, panel, from);
        from += height_of(s, panel) + AXIS * figure_zoom(f);
    }
    fputs("unset multiplot\nunset label\nunset object\n", f->script);
}

/* What has no bar is said in words. */
static char *foot_text(const struct stack *s)
{
    char source[400], *text = NULL;
    size_t size;
    FILE *f = memory_stream(&text, &size);
    if (!f)
        return NULL;
    figure_source(s->m, source, sizeof(source));
    fprintf(f, "Suite %s on %s.", s->m->result->suite, source);
    if (s->panels > 1)
        fputs(" The panels have different scales.", f);
    for (size_t row = 0, n = 0; row < s->m->rows; row++) {
        if (!stack_row_is_empty(s->m, row))
            continue;
        fprintf(f, "%s %s",
                n++                 ? ","
                : s->m->columns > 1 ? " No entries in any mode:"
                                    : " No entries:",
                s->m->row[row].label);
    }
    if (fclose(f)) {
        free(text);
        return NULL;
    }
    return text;
}

enum figure_answer figure_entries(struct figure *f)
{
    struct figure_key keys[PVB_CLASSES];
    struct stack s;
    if (stack_lay_out(&s, f) || !s.pieces) {
        stack_free(&s);
        return FIGURE_NOTHING;
    }
    char *text = foot_text(&s);
    const char *foot = text ? text : "";
    size_t count = make_keys(&s, keys);
    f->height = figure_legend_height(f, keys, count) + figure_foot_height(f, foot);
    for (unsigned panel = 0; panel < s.panels; panel++)
        f->height += height_of(&s, panel) + AXIS * figure_zoom(f);
    figure_begin(f, "entries into the hypervisor per operation, by workload, mode and kind");
    write_data(&s);
    write_script(&s, f, foot, keys, count);
    figure_end(f);
    free(text);
    stack_free(&s);
    return FIGURE_DRAWN;
}
