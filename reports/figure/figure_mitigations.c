/*
 * figure_mitigations.c: a map of what each way to start a hypervisor changed: a line a way, a column a workload, a
 * block a hypervisor and mode. Red is dearer than the hypervisor as it ships, blue is cheaper.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/figure/figure.h"
#include "reports/result/variants.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW       14.0 /* points at the default size, as all sizes below */
#define HEAD_LINE 7.0
#define COLUMNS   16 /* of workloads; what has no room is named */

enum { LABEL = 96, CELL = 16 };

struct chart {
    struct variant variant[MODEL_COLUMNS_MAX];
    size_t variants, row[COLUMNS], rows, left_out;
    unsigned head_lines;
    double most; /* of the logarithms, either way */
};

static bool is_in(const struct chart *p, const struct model *m, size_t row)
{
    double base, now;
    for (size_t i = 0; i < p->variants; i++)
        if (!variant_is_base(&p->variant[i]) && variant_costs(m, &p->variant[i], row, &base, &now))
            return true;
    return false;
}

static unsigned lines_of(const char *name)
{
    unsigned lines = 1;
    for (; *name; name++)
        lines += *name == '_' && name[1];
    return lines;
}

static void make_chart(struct chart *p, const struct model *m)
{
    double base, now;
    p->variants = variants_find(m, p->variant);
    for (size_t row = 0; row < m->rows; row++) {
        if (!is_in(p, m, row))
            continue;
        if (p->rows == COLUMNS) {
            p->left_out++;
            continue;
        }
        const unsigned lines = lines_of(m->row[row].label);
        p->head_lines = lines > p->head_lines ? lines : p->head_lines;
        p->row[p->rows++] = row;
        for (size_t i = 0; i < p->variants; i++)
            if (variant_costs(m, &p->variant[i], row, &base, &now))
                p->most = fmax(p->most, fabs(log(now / base)));
    }
}

/* White for no change; to dark red, or to dark blue. */
static unsigned colour_of(double share)
{
    static const double dearer[] = {0xb0, 0x1f, 0x2e}, cheaper[] = {0x1f, 0x5f, 0xa8};
    const double *end = share > 0 ? dearer : cheaper, part = sqrt(fabs(share));
    unsigned colour = 0;
    for (int i = 0; i < 3; i++)
        colour = colour << 8 | (unsigned)(255 + (end[i] - 255) * part + 0.5);
    return colour;
}

/* "+29", "-3.4", "0": per cent. */
static void change_text(double base, double now, char into[CELL])
{
    const double change = (now / base - 1) * 100;
    if (base == now)
        snprintf(into, CELL, "0");
    else
        snprintf(into, CELL, fabs(change) < 9.95 ? "%+.1f" : "%+.0f", change);
}

static void cell(const struct chart *p, struct figure *f, const struct variant *v, size_t column, unsigned line)
{
    char text[CELL] = "n/a";
    double base = 1, now = 1;
    const bool is_there = variant_costs(f->m, v, p->row[column], &base, &now);
    const double share = p->most > 0 ? log(now / base) / p->most : 0;
    if (is_there)
        change_text(base, now, text);
    fprintf(f->data, "%zu\t%u\t%u\t%u\t%s\t%s\t%s\t%s\t%.9g\t%.9g\n", column, line,
            is_there ? colour_of(share) : 0xeeeeee, fabs(share) > 0.5 ? 0xffffffu : 0u, text,
            f->m->column[v->column].hypervisor, f->m->column[v->column].mode, f->m->row[p->row[column]].label, base,
            now);
}

static void write_data(const struct chart *p, struct figure *f)
{
    unsigned line = 0;
    fputs("# cells: across, down, colour, ink, per cent, hypervisor, mode, workload, base, cost\n", f->data);
    for (size_t i = 0; i < p->variants; i++, line++)
        for (size_t c = 0; c < p->rows && !variant_is_base(&p->variant[i]); c++)
            cell(p, f, &p->variant[i], c, line);
}

/* "XEN PV against shipped" over its block; "xpti" before its line. */
static void line_label(const struct model *m, const struct variant *v, const struct variant *base, char into[LABEL])
{
    char mode[VARIANT_MODE];
    snprintf(mode, sizeof(mode), "%s", v->mode);
    for (char *at = mode; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    if (variant_is_base(v))
        text_format(into, LABEL, "%.16s %.16s against %.20s", m->column[v->column].hypervisor, mode, base->name);
    else
        text_format(into, LABEL, "%.20s%s", v->name, variant_is_ignored(v) ? " (no effect)" : "");
}

/* A name in as many lines as it has words, the last one right over its column. */
static void write_head(const struct chart *p, struct figure *f, size_t column, double x, double top)
{
    const char *name = f->m->row[p->row[column]].label;
    unsigned left = lines_of(name);
    while (*name) {
        char word[LABEL];
        const size_t n = strcspn(name, "_"), with = n + (name[n] == '_');
        text_format(word, sizeof(word), "%.*s", (int)with, name);
        left--;
        figure_label(f, word, FIGURE_SMALL, x, top + (4 + left * HEAD_LINE) * figure_zoom(f), "center", "#000000");
        name += with;
    }
}

static void write_labels(const struct chart *p, struct figure *f, double left, double top, double width)
{
    const double zoom = figure_zoom(f);
    char label[LABEL];
    for (size_t c = 0; c < p->rows; c++)
        write_head(p, f, c, left + ((double)c + 0.5) * width, top);
    for (size_t i = 0; i < p->variants; i++) {
        const struct variant *v = &p->variant[i];
        const bool is_head = variant_is_base(v);
        line_label(f->m, v, v, label);
        figure_label(f, label, FIGURE_NAMES, is_head ? FIGURE_MARGIN : left - 4 * zoom,
                     top - ((double)i + 0.5) * ROW * zoom, is_head ? "left" : "right", "#000000");
    }
}

static char *foot_text(const struct chart *p, const struct model *m)
{
    char source[400], *text = NULL;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return NULL;
    figure_source(m, source, sizeof(source));
    fprintf(out,
            "Suite %s on %s. Change of the cost per operation in per cent, against the hypervisor as it ships. "
            "No effect: the hypervisor says the same of itself, and every number is the same. In the "
            "lab " VARIANTS_CODE_ALONE ".",
            m->result->suite, source);
    if (p->left_out)
        fprintf(out, " %zu workloads more have no room.", p->left_out);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static void write_script(const struct chart *p, struct figure *f, const char *foot)
{
    const double zoom = figure_zoom(f), bottom = figure_foot_height(f, foot) + FIGURE_MARGIN;
    const double right = f->style->width - FIGURE_MARGIN, top = bottom + (double)p->variants * ROW * zoom;
    char label[LABEL];
    double names = 0;
    for (size_t i = 0; i < p->variants; i++) {
        line_label(f->m, &p->variant[i], &p->variant[i], label);
        if (!variant_is_base(&p->variant[i]))
            names = fmax(names, figure_width_of(f, label, FIGURE_NAMES));
    }
    const double left = FIGURE_MARGIN + names + 8 * zoom, width = (right - left) / (double)p->rows;
    figure_foot(f, foot);
    write_labels(p, f, left, top, width);
    figure_plot_area(f, left, bottom, right, top);
    figure_cells(f, p->rows, p->variants, "#808080");
}

enum figure_answer figure_mitigations(struct figure *f)
{
    struct chart *p = memory_zeroed(1, sizeof(*p));
    make_chart(p, f->m);
    char *foot = p->rows ? foot_text(p, f->m) : NULL;
    if (foot) {
        f->height = figure_foot_height(f, foot) + 2 * FIGURE_MARGIN +
                    (4 + p->head_lines * HEAD_LINE + (double)p->variants * ROW) * figure_zoom(f);
        figure_begin(f, "what each way to start a hypervisor changed, by operation and mode");
        write_data(p, f);
        write_script(p, f, foot);
        figure_end(f);
    }
    const bool drawn = foot != NULL;
    free(foot);
    free(p);
    return drawn ? FIGURE_DRAWN : FIGURE_NOTHING;
}
