/*
 * figure_density.c: what the next guest costs, against how many are there: a panel a step of the toolstack's, a curve a
 * hypervisor and mode, from the boot of it that had the most guests.
 */
#include "common/memory.h"
#include "reports/common/number.h"
#include "reports/figure/figure_lines.h"
#include "reports/result/company.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_LEAST 3
#define POINTS_MOST  256

/* `with`: divided by a million. */
static const struct panel {
    const char *title, *step, *key;
    double scale;
} panels[] = {
    {"to create it: instructions, M", "create", "ticks", 1e6},
    {"of these, xenstored's, M", "create", "store_ns", 1e6},
    {"to create it: requests to XenStore", "create", "store", 1},
    {"to destroy it: instructions, M", "destroy", "ticks", 1e6},
};

#define PANELS (sizeof(panels) / sizeof(panels[0]))

struct curve {
    const struct company *of;
    double value[PANELS][POINTS_MOST]; /* by how many are there */
    size_t points;
};

struct density {
    struct company company[MODEL_COLUMNS_MAX];
    struct curve curve[MODEL_COLUMNS_MAX];
    size_t companies, curves, most; /* most: points of a curve */
};

static double value_of(const json_t *guest, const struct panel *p)
{
    const json_t *value = json_object_get(json_object_get(guest, p->step), p->key);
    return json_is_integer(value) ? (double)json_integer_value(value) / p->scale : NAN;
}

static bool has_more(const struct density *d, const struct model *m, const struct company *c)
{
    for (size_t i = 0; i < d->companies; i++) {
        const struct company *o = &d->company[i];
        if (o->guests > c->guests && strcmp(o->mode, c->mode) == 0 &&
            strcmp(m->column[o->column].hypervisor, m->column[c->column].hypervisor) == 0)
            return true;
    }
    return false;
}

static void find_curves(struct density *d, const struct model *m)
{
    d->companies = companies_find(m, d->company);
    for (size_t i = 0; i < d->companies; i++) {
        const struct company *c = &d->company[i];
        const json_t *guests = company_guests(m, c);
        struct curve *curve = &d->curve[d->curves];
        *curve = (struct curve){.of = c};
        while (curve->points < POINTS_MOST && json_object_get(json_array_get(guests, curve->points), panels[0].step)) {
            for (size_t p = 0; p < PANELS; p++)
                curve->value[p][curve->points] = value_of(json_array_get(guests, curve->points), &panels[p]);
            curve->points++;
        }
        if (curve->points < POINTS_LEAST || has_more(d, m, c))
            continue;
        d->most = curve->points > d->most ? curve->points : d->most;
        d->curves++;
    }
}

static void write_data(const struct density *d, const struct figure *f)
{
    for (size_t i = 0; i < d->curves; i++) {
        const struct curve *c = &d->curve[i];
        fprintf(f->data, "%s# %s %s, %s: others there", i ? "\n\n" : "", f->m->column[c->of->column].hypervisor,
                c->of->mode, c->of->name);
        for (size_t p = 0; p < PANELS; p++)
            fprintf(f->data, ", %s", panels[p].title);
        for (size_t at = 0; at < c->points; at++) {
            fprintf(f->data, "\n%zu", at);
            for (size_t p = 0; p < PANELS; p++)
                fprintf(f->data, isnan(c->value[p][at]) ? "\tNaN" : "\t%.9g", c->value[p][at]);
        }
        fputc('\n', f->data);
    }
}

/* The first guest pays for what is there once: the axis begins with the others. */
static struct lines_axis range_of(const struct density *d, size_t panel)
{
    struct lines_axis y = {INFINITY, 0, false};
    for (size_t i = 0; i < d->curves; i++)
        for (size_t at = 1; at < d->curve[i].points; at++)
            if (!isnan(d->curve[i].value[panel][at])) {
                y.low = fmin(y.low, d->curve[i].value[panel][at]);
                y.high = fmax(y.high, d->curve[i].value[panel][at]);
            }
    return y;
}

static void write_panel(const struct density *d, struct lines *l, size_t panel)
{
    const struct lines_axis measured = range_of(d, panel), x = {0, (double)d->most, false};
    const double room = fmax((measured.high - measured.low) * 0.08, measured.high * 0.02);
    const struct lines_axis y = {fmax(0, measured.low - room), measured.high + room, false};
    const double ends[] = {measured.low, measured.high},
                 across[] = {1, floor((double)d->most / 2), (double)d->most - 1};
    char look[64];
    lines_panel(l, panel, panels[panel].title, &x, &y);
    lines_tics(l, 'x', &x, across, 3);
    lines_tics(l, 'y', &y, ends, measured.high > measured.low ? 2 : 1);
    fputs("plot NaN", l->f->script);
    for (size_t i = 0; i < d->curves; i++) {
        lines_look(l->f->m, d->curve[i].of->column, look);
        fprintf(l->f->script, ", \\\n    data index %zu every ::1 using 1:%zu with linespoints %s pt %u ps 0.3", i,
                panel + 2, look, d->curve[i].of->column % 12 + 4);
    }
    fputc('\n', l->f->script);
}

static char *foot_text(const struct density *d, const struct model *m)
{
    char source[400], *text = NULL;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return NULL;
    figure_source(m, source, sizeof(source));
    fprintf(
        out,
        "Suite %s on %s. The guests do nothing while the next one is made, and what it takes has all in it that ran "
        "meanwhile. The first guest is left out: it pays for what is there once.",
        m->result->suite, source);
    for (size_t i = 0; i < d->curves; i++) {
        const struct curve *c = &d->curve[i];
        const double *ticks = c->value[0];
        fprintf(out, " %s %s: %.3g M for guest 2, %.3g M for guest %zu, %+.2g M for each that is there.",
                m->column[c->of->column].hypervisor, c->of->mode, ticks[1], ticks[c->points - 1], c->points,
                (ticks[c->points - 1] - ticks[1]) / (double)(c->points - 2));
    }
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

enum figure_answer figure_density(struct figure *f)
{
    struct density *d = memory_zeroed(1, sizeof(*d));
    struct lines l;
    find_curves(d, f->m);
    char *foot = d->curves ? foot_text(d, f->m) : NULL;
    if (foot) {
        lines_lay_out(&l, f, PANELS, 2, 0.6, foot);
        figure_begin(f, "what the next guest costs, against how many are there");
        write_data(d, f);
        lines_begin(&l, "across: guests that are there", "up: as each panel says");
        for (size_t i = 0; i < l.panels; i++)
            write_panel(d, &l, i);
        lines_end(&l);
        figure_end(f);
    }
    const bool drawn = foot != NULL;
    free(foot);
    free(d);
    return drawn ? FIGURE_DRAWN : FIGURE_NOTHING;
}
