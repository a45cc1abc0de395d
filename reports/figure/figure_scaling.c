/*
 * figure_scaling.c: cost against a workload's parameter, one panel a workload,
 * with the sizes between which two curves cross: from which N on is one
 * cheaper than the other? A workload that does many things at once
 * is also held against the one that does them one at a time. Where the parameter is how many
 * make a batch, a batch's cost is put as a law: a fixed part, and one for each.
 */
#include "reports/common/number.h"
#include "common/memory.h"
#include "reports/figure/crossover.h"
#include "reports/figure/figure_lines.h"
#include "reports/stats/law.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_LEAST 3
#define POINTS_MOST  64
#define PANELS_MOST  16
#define MARKS_MOST   26 /* crossings that are said */

static const struct {
    const char *many, *one;
} counterparts[] = {{"pte_update_batch", "pte_update"}};

struct curve {
    bool any;
    double cost[POINTS_MOST];
    double single; /* one at a time; 0: none */
};

struct panel {
    const char *name, *one;
    size_t row[POINTS_MOST]; /* by ascending n */
    double n[POINTS_MOST];
    size_t points;
    struct curve curve[MODEL_COLUMNS_MAX];
    struct lines_axis x, y;
};

struct mark {
    struct crossing at;
    size_t panel;
    unsigned column, other; /* other == column: against one at a time */
};

struct scaling {
    struct panel *panel;
    size_t panels;
    struct mark mark[MARKS_MOST];
    size_t marks, unmarked;
};

static void add_point(struct panel *p, size_t row, double n)
{
    size_t i = p->points++;
    for (; i > 0 && p->n[i - 1] > n; i--) {
        p->n[i] = p->n[i - 1];
        p->row[i] = p->row[i - 1];
    }
    p->n[i] = n;
    p->row[i] = row;
}

static double cost_at(const struct model *m, size_t row, unsigned column)
{
    const struct model_cell *cell = model_at(m, row, column);
    return cell->has_cost && cell->cost > 0 ? cell->cost : 0;
}

static double single_cost(const struct model *m, const char *name, unsigned column)
{
    for (size_t row = 0; name && row < m->rows; row++)
        if (!m->row[row].parameter && strcmp(m->row[row].name, name) == 0)
            return cost_at(m, row, column);
    return 0;
}

static void widen(struct lines_axis *a, double value)
{
    if (value > 0) {
        a->low = fmin(a->low, value);
        a->high = fmax(a->high, value);
    }
}

/* False when no column has enough points. */
static bool fill_panel(struct panel *p, const struct model *m)
{
    bool any = false;
    p->x = (struct lines_axis){p->n[0], p->n[p->points - 1], true};
    p->y = (struct lines_axis){INFINITY, 0, true};
    for (size_t i = 0; i < sizeof(counterparts) / sizeof(counterparts[0]); i++)
        if (strcmp(counterparts[i].many, p->name) == 0)
            p->one = counterparts[i].one;
    for (unsigned c = 0; c < m->columns; c++) {
        size_t points = 0;
        for (size_t i = 0; i < p->points; i++) {
            p->curve[c].cost[i] = cost_at(m, p->row[i], c);
            points += p->curve[c].cost[i] > 0;
        }
        p->curve[c].any = points >= POINTS_LEAST;
        any = any || p->curve[c].any;
        if (!p->curve[c].any)
            continue;
        p->curve[c].single = single_cost(m, p->one, c);
        widen(&p->y, p->curve[c].single);
        for (size_t i = 0; i < p->points; i++)
            widen(&p->y, p->curve[c].cost[i]);
    }
    return any;
}

static void find_panels(struct scaling *s, const struct model *m)
{
    for (size_t row = 0; row < m->rows && s->panels < PANELS_MOST; row++) {
        struct panel *p = &s->panel[s->panels];
        bool known = m->row[row].parameter == 0;
        for (size_t before = 0; before < row && !known; before++)
            known = m->row[before].parameter && strcmp(m->row[before].name, m->row[row].name) == 0;
        if (known)
            continue;
        memset(p, 0, sizeof(*p));
        p->name = m->row[row].name;
        for (size_t i = row; i < m->rows && p->points < POINTS_MOST; i++)
            if (m->row[i].parameter && strcmp(m->row[i].name, p->name) == 0)
                add_point(p, i, (double)m->row[i].parameter);
        s->panels += p->points >= POINTS_LEAST && fill_panel(p, m);
    }
}

/* Over the points that both have. */
static void compare(struct scaling *s, size_t panel, unsigned column, unsigned other)
{
    const struct panel *p = &s->panel[panel];
    const struct curve *a = &p->curve[column], *b = &p->curve[other];
    double n[POINTS_MOST], first[POINTS_MOST], second[POINTS_MOST];
    struct crossing found[4];
    size_t points = 0;
    for (size_t i = 0; i < p->points; i++) {
        double against = other == column ? a->single : b->cost[i];
        if (a->cost[i] <= 0 || against <= 0)
            continue;
        n[points] = p->n[i];
        first[points] = a->cost[i];
        second[points++] = against;
    }
    size_t count = crossovers(n, first, second, points, found, 4);
    for (size_t i = 0; i < count; i++) {
        if (i >= 4 || s->marks == MARKS_MOST) {
            s->unmarked++;
            continue;
        }
        s->mark[s->marks++] = (struct mark){found[i], panel, column, other};
    }
}

static void find_crossovers(struct scaling *s, const struct model *m)
{
    for (size_t i = 0; i < s->panels; i++)
        for (unsigned c = 0; c < m->columns; c++)
            for (unsigned other = c; other < m->columns && s->panel[i].curve[c].any; other++)
                if (s->panel[i].curve[other].any)
                    compare(s, i, c, other);
}

static void write_data(const struct scaling *s, const struct figure *f, size_t panels)
{
    char label[FIGURE_LABEL];
    for (size_t i = 0; i < panels; i++) {
        const struct panel *p = &s->panel[i];
        for (unsigned c = 0; c < f->m->columns; c++) {
            figure_column_label(f->m, c, label);
            fprintf(f->data, "%s# %s, %s: parameter, cost per operation, the same one at a time\n",
                    i || c ? "\n\n" : "", p->name, label);
            for (size_t j = 0; j < p->points; j++) {
                char cost[NUMBER_SIZE] = "NaN", single[NUMBER_SIZE] = "NaN";
                if (p->curve[c].cost[j] > 0)
                    number_plain(cost, p->curve[c].cost[j]);
                if (p->curve[c].single > 0)
                    number_plain(single, p->curve[c].single);
                fprintf(f->data, "%.9g\t%s\t%s\n", p->n[j], cost, single);
            }
        }
    }
}

static void write_panel(const struct scaling *s, struct lines *l, size_t i)
{
    const struct figure *f = l->f;
    const struct panel *p = &s->panel[i];
    const struct lines_axis x = {p->x.low / 1.1, p->x.high * 1.1, true};
    const struct lines_axis y = {p->y.low / 1.2, p->y.high * 1.2, true};
    const double costs[] = {p->y.low, sqrt(p->y.low * p->y.high), p->y.high};
    const unsigned block = (unsigned)(i * f->m->columns);
    char look[64];
    lines_panel(l, i, p->name, &x, &y);
    lines_tics(l, 'x', &x, p->n, p->points);
    lines_tics(l, 'y', &y, costs, p->y.high > p->y.low ? 3 : 1);
    fputs("plot NaN", f->script);
    for (unsigned c = 0; c < f->m->columns; c++) {
        lines_look(f->m, c, look);
        if (p->curve[c].any)
            fprintf(f->script, ", \\\n    data index %u using 1:2 with linespoints %s pt %u ps 0.35", block + c, look,
                    c % 12 + 4);
        if (p->curve[c].any && p->curve[c].single > 0)
            fprintf(f->script, ", \\\n    data index %u using 1:3 with lines lc rgb '%s' dt 3 lw 0.7", block + c,
                    l->columns.key[c].colour);
    }
    fputc('\n', f->script);
}

static bool same_place(const struct mark *a, const struct mark *b)
{
    return a->panel == b->panel && a->at.before == b->at.before && a->at.after == b->at.after;
}

static bool was_said(const struct scaling *s, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (same_place(&s->mark[before], &s->mark[i]))
            return true;
    return false;
}

/* All that change places between the same two sizes. */
static void say_crossings(const struct scaling *s, const struct model *m, size_t first, FILE *out)
{
    char a[FIGURE_LABEL], b[FIGURE_LABEL];
    const struct mark *k = &s->mark[first];
    fprintf(out, " %s, cheaper from N = %g on, and not yet at %g:", s->panel[k->panel].name, k->at.after, k->at.before);
    for (size_t i = first, n = 0; i < s->marks; i++) {
        k = &s->mark[i];
        if (!same_place(k, &s->mark[first]))
            continue;
        figure_column_label(m, k->column, a);
        figure_column_label(m, k->other, b);
        if (k->column == k->other)
            fprintf(out, "%s %s %s", n++ ? "," : "", a, k->at.first_cheaper ? "at once" : "one at a time");
        else
            fprintf(out, "%s %s than %s", n++ ? "," : "", k->at.first_cheaper ? a : b, k->at.first_cheaper ? b : a);
    }
    fputc('.', out);
}

/* The law of a curve whose parameter is the number of operations in a batch. */
static bool law_of(const struct model *m, const struct panel *p, unsigned column, struct law *law)
{
    double n[POINTS_MOST], batch[POINTS_MOST];
    size_t points = 0;
    for (size_t i = 0; i < p->points; i++) {
        const double cost = p->curve[column].cost[i];
        if (cost <= 0)
            continue;
        if (model_at(m, p->row[i], column)->operations != p->n[i])
            return false;
        n[points] = p->n[i];
        batch[points++] = cost * p->n[i];
    }
    return law_fit(n, batch, points, law);
}

static void say_laws(const struct panel *p, const struct model *m, FILE *out)
{
    char label[FIGURE_LABEL], fixed[NUMBER_SIZE], each[NUMBER_SIZE];
    struct law law;
    unsigned said = 0;
    for (unsigned c = 0; c < m->columns; c++) {
        if (!p->curve[c].any || !law_of(m, p, c, &law))
            continue;
        figure_column_label(m, c, label);
        number_cost(fixed, law.fixed, false);
        number_cost(each, law.each, false);
        if (said++ == 0)
            fprintf(out, " %s, N together:", p->name);
        fprintf(out, "%s %s %s + %s N (within %.0f %%)", said > 1 ? "," : "", label, fixed, each,
                fmax(0, ceil(100 * law.off - 0.005)));
    }
    fputs(said ? "." : "", out);
}

static char *foot_text(const struct scaling *s, const struct figure *f)
{
    char source[400], *text = NULL;
    size_t size;
    bool columns = false;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return NULL;
    figure_source(f->m, source, sizeof(source));
    fprintf(out, "Suite %s on %s. Medians; N is the workload's parameter.", f->m->result->suite, source);
    for (size_t i = 0; i < s->panels; i++)
        if (s->panel[i].one)
            fprintf(out, " Dotted in %s: %s, one at a time.", s->panel[i].name, s->panel[i].one);
    for (size_t i = 0; i < s->panels; i++)
        say_laws(&s->panel[i], f->m, out);
    for (size_t i = 0; i < s->marks; i++)
        columns = columns || s->mark[i].column != s->mark[i].other;
    fputs(columns ? "" : " No two columns' curves cross.", out);
    for (size_t i = 0; i < s->marks; i++)
        if (!was_said(s, i))
            say_crossings(s, f->m, i, out);
    if (s->unmarked)
        fprintf(out, " And %zu more crossings.", s->unmarked);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

enum figure_answer figure_scaling(struct figure *f)
{
    struct scaling s = {.panel = calloc(PANELS_MOST, sizeof(*s.panel))};
    const char *unit;
    char label[80], *foot = NULL;
    struct lines l;
    if (s.panel && model_one_unit(f->m, &unit))
        find_panels(&s, f->m);
    if (s.panels) {
        find_crossovers(&s, f->m);
        foot = foot_text(&s, f);
    }
    if (foot) {
        lines_lay_out(&l, f, s.panels, 2, 0.7, foot);
        figure_begin(f, "cost against a workload's parameter, with crossovers");
        write_data(&s, f, l.panels);
        snprintf(label, sizeof(label), "up: %s per operation", unit);
        lines_begin(&l, "across: N, the workload's parameter", label);
        for (size_t i = 0; i < l.panels; i++)
            write_panel(&s, &l, i);
        lines_end(&l);
        figure_end(f);
    }
    bool drawn = foot != NULL;
    free(foot);
    free(s.panel);
    return drawn ? FIGURE_DRAWN : FIGURE_NOTHING;
}
