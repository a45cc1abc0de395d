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
#include "reports/common/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOP    24.0 /* points: the legend */
#define AXIS   30.0 /* below each panel */
#define MARGIN 6.0

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
    return STACK_BAR * s->panel[panel].bars;
}

/* Block by block: the four classes, the bars' ends, the workloads' names. */
static void write_data(const struct stack *s, FILE *data)
{
    char label[FIGURE_LABEL], number[NUMBER_SIZE];
    for (unsigned i = 0; i < PVB_CLASSES; i++) {
        fprintf(data,
                "%s# %s: panel, workload, column, kind, entries per operation, from, to, place, whether its text fits, "
                "text\n",
                i ? "\n\n" : "", looks[i].what);
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
                    s->bar[i].place + (s->m->columns - 1) / 2.0);
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

static bool has_class(const struct stack *s, unsigned panel, enum pvb_class class)
{
    for (size_t i = 0; i < s->pieces; i++)
        if (s->piece[i].kind->class == class && (panel == STACK_PANELS || s->piece[i].bar->panel == panel))
            return true;
    return false;
}

static void write_legend(const struct stack *s, double height, FILE *script)
{
    struct figure_key keys[PVB_CLASSES];
    size_t count = 0;
    for (unsigned i = 0; i < PVB_CLASSES; i++)
        if (has_class(s, STACK_PANELS, looks[i].class))
            keys[count++] = (struct figure_key){looks[i].what, looks[i].colour, "solid 1"};
    figure_legend(keys, count, height, script);
}

static void write_panel(const struct stack *s, unsigned panel, double from, double height, FILE *script)
{
    const struct stack_panel *p = &s->panel[panel];
    double top = (height - from) / height, bottom = (height - from - height_of(s, panel)) / height;
    fprintf(script,
            "panel = %u\n"
            "set bmargin at screen %.5f\nset tmargin at screen %.5f\n"
            "set xrange [0:%.9g]\n"
            "set yrange [%g:0]\n"
            "set xtics %g\n",
            panel, bottom, top, p->range, p->bars, fmax(tick(p->range, 10), p->range > 2 ? 1 : 0));
    fprintf(script, panel + 1 == s->panels ? "set xlabel 'entries into the hypervisor per operation' offset 0,0.7\n"
                                           : "unset xlabel\n");
    fputs("plot \\\n", script);
    for (unsigned i = 0; i < PVB_CLASSES; i++) {
        if (!has_class(s, panel, looks[i].class))
            continue;
        fprintf(
            script,
            "    data index %u using ($1 == panel ? $6 : NaN):8:6:7:($8-0.46):($8+0.46) with boxxyerror "
            "fillstyle solid 1 border lc rgb '%s' lc rgb '%s' lw 0.6, \\\n"
            "    data index %u using ($1 == panel && $9 > 0 ? ($6+$7)/2 : NaN):8:(stringcolumn(10)) with labels center "
            "font 'DejaVu Sans,%g' textcolor rgb '%s', \\\n",
            i, looks[i].ink, looks[i].colour, i, FIGURE_SMALL, looks[i].ink);
    }
    fprintf(script,
            "    data index %d using ($1 == panel ? $4 : NaN):5:(stringcolumn(6)) with labels left "
            "offset first %.9g,0 font 'DejaVu Sans,%g', \\\n"
            "    data index %d using ($1 == panel ? 0 : NaN):5:(stringcolumn(3)) with labels right "
            "offset first %.9g,0 font 'DejaVu Sans,%g' textcolor rgb '#404040', \\\n"
            "    data index %d using ($1 == panel ? 0 : NaN):3:(stringcolumn(2)) with labels right "
            "offset first %.9g,0\n",
            BLOCK_ENDS, STACK_PAD / p->scale, FIGURE_SMALL, BLOCK_ENDS, -STACK_PAD / p->scale, FIGURE_SMALL,
            BLOCK_NAMES, -(2.5 * STACK_PAD + s->column_width) / p->scale);
}

static void write_script(const struct stack *s, const char *foot, const struct figure_page *page, FILE *script)
{
    double from = TOP;
    fputs("set multiplot\n", script);
    figure_foot(foot, page->height, script);
    write_legend(s, page->height, script);
    fprintf(script,
            "unset key\n"
            "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
            "unset ytics\n"
            "set format x '%%g'\n"
            "set xtics out nomirror scale 0.5 offset 0,0.3\n"
            "set grid xtics lt 1 lc rgb '#d8d8d8' lw 0.5\n"
            "set border 3 lw 0.7\n",
            s->left / FIGURE_WIDTH, s->right / FIGURE_WIDTH);
    for (unsigned panel = 0; panel < s->panels; panel++) {
        if (panel)
            fputs("unset label\nunset object\n", script);
        write_panel(s, panel, from, page->height, script);
        from += height_of(s, panel) + AXIS;
    }
    fputs("unset multiplot\nunset label\nunset object\n", script);
}

/* What has no bar is said in words. */
static char *foot_text(const struct stack *s)
{
    char source[400], *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
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

enum figure_answer figure_entries(const struct model *m, const char *name, unsigned formats, FILE *data, FILE *script)
{
    static const char what[] = "entries into the hypervisor per operation, by workload, mode and kind";
    struct stack s;
    if (stack_lay_out(&s, m) || !s.pieces) {
        stack_free(&s);
        return FIGURE_NOTHING;
    }
    char *foot = foot_text(&s);
    struct figure_page page = {name, TOP + MARGIN + FIGURE_FOOT_LINE * figure_foot(foot ? foot : "", 1, NULL), formats};
    for (unsigned panel = 0; panel < s.panels; panel++)
        page.height += height_of(&s, panel) + AXIS;
    figure_data_begin(m, name, what, data);
    write_data(&s, data);
    figure_script_begin(&page, what, script);
    write_script(&s, foot ? foot : "", &page, script);
    figure_script_end(script);
    free(foot);
    stack_free(&s);
    return FIGURE_DRAWN;
}
