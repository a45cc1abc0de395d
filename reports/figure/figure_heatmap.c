/*
 * figure_heatmap.c: hypervisors and modes by subsystem. A cell is the geometric
 * mean, over the subsystem's workloads, of the cost as a multiple of the cheapest
 * column's. Only workloads that every column measured go into it, so that all
 * cells of a row are about the same work; those left out are named.
 */
#include "reports/common/number.h"
#include "common/memory.h"
#include "reports/figure/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW  17.0 /* points at the default size, as all sizes below */
#define HEAD 24.0

/* From the processor outwards; others that a result has come behind. */
static const char *const usual[] = {"processor", "privileged", "traps", "memory", "interrupts", "I/O"};
#define SUBSYSTEMS_MAX 16

struct line {
    const char *name;
    unsigned workloads;
    double value[MODEL_COLUMNS_MAX]; /* 1: the cheapest in every workload */
};

struct map {
    struct line line[SUBSYSTEMS_MAX];
    size_t lines;
    unsigned column[MODEL_COLUMNS_MAX], columns; /* that measured anything */
    double most;
};

static bool measured_in_all(const struct map *p, const struct model *m, size_t row)
{
    for (unsigned i = 0; i < p->columns; i++) {
        const struct model_cell *cell = model_at(m, row, p->column[i]);
        if (!cell->has_cost || cell->cost <= 0)
            return false;
    }
    return true;
}

static void find_columns(struct map *p, const struct model *m)
{
    for (unsigned c = 0; c < m->columns; c++)
        for (size_t row = 0; row < m->rows; row++)
            if (model_at(m, row, c)->has_cost) {
                p->column[p->columns++] = c;
                break;
            }
}

static void add_row(const struct map *p, struct line *line, const struct model *m, size_t row)
{
    double least = INFINITY;
    for (unsigned i = 0; i < p->columns; i++)
        least = fmin(least, model_at(m, row, p->column[i])->cost);
    for (unsigned i = 0; i < p->columns; i++)
        line->value[i] += log(model_at(m, row, p->column[i])->cost / least);
    line->workloads++;
}

/* Older results do not say it of any workload: then they are all in one line. */
static const char *subsystem_of(const struct model *m, size_t row)
{
    for (size_t i = 0; i < m->rows; i++)
        if (*m->row[i].subsystem)
            return m->row[row].subsystem;
    return "all";
}

static unsigned add_name(const char *names[SUBSYSTEMS_MAX], unsigned n, const char *name)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return n;
    if (*name && n < SUBSYSTEMS_MAX)
        names[n++] = name;
    return n;
}

static unsigned find_names(const char *names[SUBSYSTEMS_MAX], const struct model *m)
{
    unsigned n = 0;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        n = add_name(names, n, usual[i]);
    for (size_t row = 0; row < m->rows; row++)
        n = add_name(names, n, subsystem_of(m, row));
    return n;
}

static void make_map(struct map *p, const struct model *m)
{
    const char *names[SUBSYSTEMS_MAX];
    const unsigned n = find_names(names, m);
    find_columns(p, m);
    for (unsigned s = 0; s < n && p->columns > 1; s++) {
        struct line *line = &p->line[p->lines];
        *line = (struct line){.name = names[s]};
        for (size_t row = 0; row < m->rows; row++)
            if (strcmp(subsystem_of(m, row), line->name) == 0 && measured_in_all(p, m, row))
                add_row(p, line, m, row);
        for (unsigned i = 0; i < p->columns && line->workloads; i++) {
            line->value[i] = exp(line->value[i] / line->workloads);
            p->most = fmax(p->most, line->value[i]);
        }
        p->lines += line->workloads > 0;
    }
}

/* From nearly white for 1 to dark blue for the most, in even steps of lightness. */
static unsigned colour_of(double value, double most)
{
    static const double light[] = {0xf7, 0xf4, 0xe8}, middle[] = {0x6f, 0xa8, 0xb8}, dark[] = {0x0b, 0x2c, 0x5f};
    double share = most > 1 ? log(value) / log(most) : 0;
    unsigned colour = 0;
    for (int i = 0; i < 3; i++) {
        double part = share < 0.5 ? light[i] + (middle[i] - light[i]) * share * 2
                                  : middle[i] + (dark[i] - middle[i]) * (share - 0.5) * 2;
        colour = colour << 8 | (unsigned)(part + 0.5);
    }
    return colour;
}

static bool is_dark(double value, double most)
{
    return most > 1 && log(value) / log(most) > 0.6;
}

static void write_data(const struct map *p, const struct figure *f)
{
    char label[FIGURE_LABEL], text[NUMBER_SIZE], number[NUMBER_SIZE];
    fputs("# cells: across, up, colour, ink, text, subsystem, column, geometric mean, workloads\n", f->data);
    for (size_t i = 0; i < p->lines; i++)
        for (unsigned c = 0; c < p->columns; c++) {
            const struct line *line = &p->line[i];
            figure_column_label(f->m, p->column[c], label);
            number_ratio(text, line->value[c]);
            number_plain(number, line->value[c]);
            fprintf(f->data, "%u\t%zu\t%u\t%u\t%s\t%s\t%s\t%s\t%u\n", c, i, colour_of(line->value[c], p->most),
                    is_dark(line->value[c], p->most) ? 0xffffffu : 0u, text, line->name, label, number,
                    line->workloads);
        }
}

static char *foot_text(const struct map *p, const struct model *m)
{
    char source[400], *text = NULL;
    size_t size;
    unsigned n = 0;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return NULL;
    figure_source(m, source, sizeof(source));
    fprintf(out,
            "Suite %s on %s. Cost as a multiple of the cheapest column's, geometric mean over the workloads of a "
            "subsystem that all columns measured:",
            m->result->suite, source);
    for (size_t i = 0; i < p->lines; i++) {
        bool first = true;
        fprintf(out, "%s %s", i ? ";" : "", p->line[i].name);
        for (size_t row = 0; row < m->rows; row++) {
            if (strcmp(subsystem_of(m, row), p->line[i].name) != 0 || !measured_in_all(p, m, row))
                continue;
            fprintf(out, "%s %s", first ? ":" : ",", m->row[row].label);
            first = false;
        }
    }
    fputc('.', out);
    for (size_t row = 0; row < m->rows; row++)
        if (*subsystem_of(m, row) && !measured_in_all(p, m, row))
            fprintf(out, "%s %s", n++ ? "," : " Not measured in all columns:", m->row[row].label);
    fputs(n ? "." : "", out);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static bool one_name(const struct model_column *a, const struct model_column *b)
{
    return strcmp(a->hypervisor, b->hypervisor) == 0 && strcmp(a->machine, b->machine) == 0;
}

/* A hypervisor's name over its columns, the modes below it. */
static void write_heads(const struct map *p, struct figure *f, double left, double top, double width)
{
    const double zoom = figure_zoom(f);
    for (unsigned i = 0, first = 0; i < p->columns; i++) {
        const struct model_column *c = &f->m->column[p->column[i]];
        char mode[MODEL_MODE], name[64];
        model_mode(f->m, p->column[i], mode);
        figure_label(f, mode, FIGURE_SMALL, left + (i + 0.5) * width, top + 6 * zoom, "center", "#000000");
        if (i + 1 < p->columns && one_name(c, &f->m->column[p->column[i + 1]]))
            continue;
        snprintf(name, sizeof(name), "%.16s %.12s", c->hypervisor, c->machine);
        if (figure_width_of(f, name, FIGURE_NAMES) > (i + 1 - first) * width - 4)
            snprintf(name, sizeof(name), "%.16s", c->hypervisor);
        figure_label(f, name, FIGURE_NAMES, left + (i + 1 + first) * width / 2, top + 17 * zoom, "center", "#000000");
        first = i + 1;
    }
}

static void write_script(const struct map *p, struct figure *f, const char *foot)
{
    const double zoom = figure_zoom(f), bottom = figure_foot_height(f, foot) + FIGURE_MARGIN;
    const double right = f->style->width - FIGURE_MARGIN, top = bottom + (double)p->lines * ROW * zoom;
    double names = 0;
    for (size_t i = 0; i < p->lines; i++)
        names = fmax(names, figure_width_of(f, p->line[i].name, FIGURE_NAMES));
    const double left = FIGURE_MARGIN + names + 6 * zoom, width = (right - left) / p->columns;
    figure_foot(f, foot);
    write_heads(p, f, left, top, width);
    for (size_t i = 0; i < p->lines; i++)
        figure_label(f, p->line[i].name, FIGURE_NAMES, left - 4 * zoom, top - ((double)i + 0.5) * ROW * zoom, "right",
                     "#000000");
    figure_plot_area(f, left, bottom, right, top);
    figure_cells(f, p->columns, p->lines, "#000000");
}

enum figure_answer figure_heatmap(struct figure *f)
{
    struct map *p = calloc(1, sizeof(*p));
    const char *unit;
    if (p && model_one_unit(f->m, &unit))
        make_map(p, f->m);
    char *foot = p && p->lines ? foot_text(p, f->m) : NULL;
    if (foot) {
        f->height = figure_foot_height(f, foot) + 2 * FIGURE_MARGIN + (HEAD + (double)p->lines * ROW) * figure_zoom(f);
        figure_begin(f, "cost by subsystem, hypervisor and mode, as multiples of the cheapest");
        write_data(p, f);
        write_script(p, f, foot);
        figure_end(f);
    }
    bool drawn = foot != NULL;
    free(foot);
    free(p);
    return drawn ? FIGURE_DRAWN : FIGURE_NOTHING;
}
