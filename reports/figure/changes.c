/* changes.c: see changes.h. */
#include "reports/figure/changes.h"
#include "common/memory.h"
#include "common/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW       14.0 /* points at the default size, as all sizes below */
#define HEAD_LINE 7.0

enum { LABEL = CHANGES_LABEL, CELL = 16, MODE = 48 };

static bool is_in(const struct changes *p, const struct model *m, size_t row)
{
    double base, now;
    for (size_t i = 0; i < p->lines; i++)
        if (!p->line[i].is_head && p->costs(m, &p->line[i], row, &base, &now))
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

static void find_rows(struct changes *p, const struct model *m)
{
    double base, now;
    for (size_t row = 0; row < m->rows; row++) {
        if (!is_in(p, m, row))
            continue;
        if (p->rows == CHANGES_COLUMNS) {
            p->left_out++;
            continue;
        }
        const unsigned lines = lines_of(m->row[row].label);
        p->head_lines = lines > p->head_lines ? lines : p->head_lines;
        p->row[p->rows++] = row;
        for (size_t i = 0; i < p->lines; i++)
            if (!p->line[i].is_head && p->costs(m, &p->line[i], row, &base, &now))
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

static void cell(const struct changes *p, struct figure *f, size_t line, size_t column)
{
    char text[CELL] = "n/a";
    double base = 1, now = 1;
    const struct changes_line *l = &p->line[line];
    const bool is_there = p->costs(f->m, l, p->row[column], &base, &now);
    const double share = p->most > 0 ? log(now / base) / p->most : 0;
    if (is_there)
        change_text(base, now, text);
    fprintf(f->data, "%zu\t%zu\t%u\t%u\t%s\t%s\t%s\t%s\t%.9g\t%.9g\n", column, line,
            is_there ? colour_of(share) : 0xeeeeee, fabs(share) > 0.5 ? 0xffffffu : 0u, text,
            f->m->column[l->column].hypervisor, f->m->column[l->column].mode, f->m->row[p->row[column]].label, base,
            now);
}

static void write_data(const struct changes *p, struct figure *f)
{
    fputs("# cells: across, down, colour, ink, per cent, hypervisor, mode, workload, base, cost\n", f->data);
    for (size_t i = 0; i < p->lines; i++)
        for (size_t c = 0; c < p->rows && !p->line[i].is_head; c++)
            cell(p, f, i, c);
}

void changes_head(struct changes_line *line, const struct model *m, unsigned column, const char *mode,
                  const char *against)
{
    char upper[MODE];
    snprintf(upper, sizeof(upper), "%.*s", MODE - 1, mode);
    for (char *at = upper; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    *line = (struct changes_line){.is_head = true, .column = column};
    text_format(line->label, LABEL, "%.16s %.40s against %.20s", m->column[column].hypervisor, upper, against);
}

/* A name in as many lines as it has words, the last one right over its column. */
static void write_head(const struct changes *p, struct figure *f, size_t column, double x, double top)
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

static void write_labels(const struct changes *p, struct figure *f, double left, double top, double width)
{
    const double zoom = figure_zoom(f);
    for (size_t c = 0; c < p->rows; c++)
        write_head(p, f, c, left + ((double)c + 0.5) * width, top);
    for (size_t i = 0; i < p->lines; i++) {
        const bool is_head = p->line[i].is_head;
        figure_label(f, p->line[i].label, FIGURE_NAMES, is_head ? FIGURE_MARGIN : left - 4 * zoom,
                     top - ((double)i + 0.5) * ROW * zoom, is_head ? "left" : "right", "#000000");
    }
}

static char *foot_text(const struct changes *p, const struct model *m)
{
    char source[400], *text = NULL;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return NULL;
    figure_source(m, source, sizeof(source));
    fprintf(out, "Suite %s on %s. %s", m->result->suite, source, p->says);
    if (p->left_out)
        fprintf(out, " %zu workloads more have no room.", p->left_out);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static void write_script(const struct changes *p, struct figure *f, const char *foot)
{
    const double zoom = figure_zoom(f), bottom = figure_foot_height(f, foot) + FIGURE_MARGIN;
    const double right = f->style->width - FIGURE_MARGIN, top = bottom + (double)p->lines * ROW * zoom;
    double names = 0;
    for (size_t i = 0; i < p->lines; i++)
        if (!p->line[i].is_head)
            names = fmax(names, figure_width_of(f, p->line[i].label, FIGURE_NAMES));
    const double left = FIGURE_MARGIN + names + 8 * zoom, width = (right - left) / (double)p->rows;
    figure_foot(f, foot);
    write_labels(p, f, left, top, width);
    figure_plot_area(f, left, bottom, right, top);
    figure_cells(f, p->rows, p->lines, "#808080");
}

enum figure_answer changes_draw(struct changes *c, struct figure *f)
{
    find_rows(c, f->m);
    char *foot = c->rows ? foot_text(c, f->m) : NULL;
    if (!foot)
        return FIGURE_NOTHING;
    f->height = figure_foot_height(f, foot) + 2 * FIGURE_MARGIN +
                (4 + c->head_lines * HEAD_LINE + (double)c->lines * ROW) * figure_zoom(f);
    figure_begin(f, c->shows);
    write_data(c, f);
    write_script(c, f, foot);
    figure_end(f);
    free(foot);
    return FIGURE_DRAWN;
}
