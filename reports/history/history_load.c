/*
 * history_load.c: reads the nights one after the other. Only those stay in
 * memory that hold the last measurement of some series, which as a rule is the
 * night before: hundreds of nights cost no more memory than two.
 */
#include "reports/history/history.h"
#include "command/text.h"
#include "reports/common/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct loaded {
    struct result result;
    struct model model;
    size_t night, users;
};

/* Where a series was measured last. */
struct place {
    struct loaded *in;
    size_t row;
    unsigned column;
};

struct load {
    struct history *h;
    const struct history_options *o;
    struct place *place; /* of each series */
    size_t hint;         /* series come in the same order every night */
};

static void release(struct loaded *l)
{
    if (!l || --l->users)
        return;
    model_free(&l->model);
    result_free(&l->result);
    free(l);
}

static struct loaded *load(struct load *l, size_t night, struct report_error *e)
{
    struct loaded *n = calloc(1, sizeof(*n));
    const char *file = l->h->night[night].file;
    if (!n) {
        report_fail(e, "%s: out of memory", file);
        return NULL;
    }
    n->night = night;
    n->users = 1;
    if (result_load(&n->result, file, e)) {
        free(n);
        return NULL;
    }
    if (model_make(&n->model, &n->result, file, e)) {
        result_free(&n->result);
        free(n);
        return NULL;
    }
    return n;
}

/* --- series ------------------------------------------------------------------- */

static bool same(const struct history_series *s, const struct model_column *c, const char *workload)
{
    return strcmp(s->workload, workload) == 0 && strcmp(s->mode, c->mode) == 0 &&
           strcmp(s->hypervisor, c->hypervisor) == 0 && strcmp(s->machine, c->machine) == 0;
}

static double *no_values(size_t n)
{
    double *values = malloc(n * sizeof(*values));
    for (size_t i = 0; values && i < n; i++)
        values[i] = NAN;
    return values;
}

/* Its number; -1: no memory, or too many. */
static long find(struct load *l, const struct model_column *c, const char *workload)
{
    struct history *h = l->h;
    for (size_t i = 0; i < h->all; i++) {
        size_t at = (l->hint + i) % h->all;
        if (same(&h->series[at], c, workload)) {
            l->hint = at + 1;
            return (long)at;
        }
    }
    if (h->all == HISTORY_SERIES_MAX)
        return -1;
    struct history_series *more = realloc(h->series, (h->all + 1) * sizeof(*more));
    if (!more)
        return -1;
    h->series = more;
    struct history_series *s = &more[h->all];
    *s = (struct history_series){.hypervisor = history_keep(h, c->hypervisor),
                                 .mode = history_keep(h, c->mode),
                                 .machine = history_keep(h, c->machine),
                                 .workload = history_keep(h, workload),
                                 .unit = "",
                                 .exact = true};
    h->all++;
    for (int m = 0; m < HISTORY_METRICS; m++)
        if (!(s->value[m] = no_values(h->nights)))
            return -1;
    return (long)h->all - 1;
}

/* --- exact steps ----------------------------------------------------------------- */

/* What is the same is let go; what stays keeps its words. */
static void keep_findings(struct history *h, const struct history_series *s, struct compare_cell *cell)
{
    size_t kept = 0;
    for (size_t i = 0; i < cell->findings; i++) {
        struct finding *f = &cell->finding[i];
        if (f->verdict == VERDICT_SAME)
            continue;
        f->unit = history_keep(h, f->unit);
        cell->finding[kept++] = *f;
    }
    cell->findings = kept;
    cell->hypervisor = s->hypervisor;
    cell->mode = s->mode;
    cell->machine = s->machine;
    cell->workload = s->workload;
}

static int compare(struct load *l, struct history_series *s, const struct place *old, const struct place *new)
{
    struct comparison c = {.base = &old->in->result,
                           .now = &new->in->result,
                           .model = {old->in->model, new->in->model},
                           .exact_only = true};
    struct compare_cell cell = {.workload = s->workload};
    const struct model_column *a = &c.model[0].column[old->column], *b = &c.model[1].column[new->column];
    if (a->mixed_units || b->mixed_units || (*a->unit && *b->unit && strcmp(a->unit, b->unit) != 0)) {
        snprintf(s->why, sizeof(s->why), "its unit changed, or it has several");
        return 0;
    }
    if (compare_cells(&c, &cell, old->row, old->column, new->row, new->column, &l->o->limits)) {
        free(cell.finding);
        return -1;
    }
    compare_weigh(&cell);
    keep_findings(l->h, s, &cell);
    struct history_step *step = cell.findings ? history_step(s, new->in->night) : NULL;
    if (!step) {
        free(cell.finding);
        return cell.findings ? -1 : 0;
    }
    step->before = old->in->night;
    step->cell = cell;
    step->verdict = cell.verdict;
    step->experiment = l->h->night[step->before].experiment != l->h->night[step->night].experiment;
    return 0;
}

static int take(struct load *l, struct loaded *n, unsigned column, size_t row)
{
    const struct model_column *c = &n->model.column[column];
    const struct model_cell *cell = model_at(&n->model, row, column);
    if (!cell->any || !cell->boots)
        return 0;
    long at = find(l, c, n->model.row[row].label);
    if (at < 0)
        return -1;
    struct history_series *s = &l->h->series[at];
    struct place *old = &l->place[at], new = {n, row, column};
    s->exact = s->exact && (!cell->has_cost || c->exact);
    s->entries_noisy = s->entries_noisy || cell->entries_differ;
    if (*c->unit)
        s->unit = history_keep(l->h, c->unit);
    if (cell->has_cost && !c->mixed_units)
        s->value[HISTORY_COST][n->night] = cell->cost;
    if (cell->has_entries)
        s->value[HISTORY_ENTRIES][n->night] = cell->entries;
    if (old->in && compare(l, s, old, &new))
        return -1;
    if (!old->in)
        s->first = n->night;
    release(old->in);
    n->users++;
    *old = new;
    s->last = n->night;
    return 0;
}

/* Fell out in the newest night: broken, or only absent. */
static void missing(struct load *l, const struct loaded *n, size_t at)
{
    struct history_series *s = &l->h->series[at];
    for (unsigned c = 0; c < n->model.columns; c++)
        for (size_t row = 0; row < n->model.rows; row++) {
            const struct model_cell *cell = model_at(&n->model, row, c);
            if (!cell->any || cell->boots || !same(s, &n->model.column[c], n->model.row[row].label))
                continue;
            const char *status = cell->any->status;
            bool harmless = strcmp(status, "skipped") == 0 || strcmp(status, "not_applicable") == 0;
            s->verdict = harmless ? VERDICT_INCONCLUSIVE : VERDICT_WORSE;
            text_format(s->why, sizeof(s->why), "%.40s in the newest night%s%.200s", status,
                        *cell->any->reason ? ": " : "", cell->any->reason);
            return;
        }
    if (s->last + 2 < l->h->nights)
        return; /* it has been gone for some nights: that was said when it went */
    s->verdict = VERDICT_INCONCLUSIVE;
    snprintf(s->why, sizeof(s->why), "is not in the newest night");
}

/* --- nights ----------------------------------------------------------------------- */

static int builds(struct history *h, struct history_night *night, const struct model *m)
{
    night->build = calloc(m->columns + 1, sizeof(*night->build));
    if (!night->build)
        return -1;
    for (unsigned i = 0; i < m->columns; i++) {
        const struct result_run *run = m->column[i].run;
        night->build[night->builds++] = (struct history_build){
            history_keep(h, run->hypervisor), history_keep(h, run->mode), history_keep(h, run->machine),
            history_keep(h, run->version), history_keep(h, run->sha256)};
    }
    return 0;
}

/* Is this night the same experiment as the one before? */
static int experiment(struct load *l, const struct loaded *old, const struct loaded *new)
{
    struct history_night *night = &l->h->night[new->night];
    struct comparison c = {.base = &old->result, .now = &new->result, .model = {old->model, new->model}};
    int bad = compare_comparable(&c);
    char text[480] = "";
    if (!bad && c.differences) {
        text_format(text, sizeof(text), "%s", c.different[0]);
        if (c.differences > 1)
            snprintf(text + strlen(text), sizeof(text) - strlen(text), " (and %zu more)", c.differences - 1);
    }
    night->experiment = l->h->night[old->night].experiment + (*text && !l->o->force);
    night->different = history_keep(l->h, text);
    free(c.different);
    return bad;
}

static int take_night(struct load *l, struct loaded **before, struct loaded *n)
{
    l->hint = 0;
    if (builds(l->h, &l->h->night[n->night], &n->model) || (*before && experiment(l, *before, n)))
        return -1;
    for (unsigned c = 0; c < n->model.columns; c++)
        for (size_t row = 0; row < n->model.rows; row++)
            if (take(l, n, c, row))
                return -1;
    if (n->night + 1 == l->h->nights)
        for (size_t i = 0; i < l->h->all; i++)
            if (l->h->series[i].last != n->night)
                missing(l, n, i);
    release(*before);
    *before = n;
    return 0;
}

int history_load(struct history *h, const struct history_options *o, struct report_error *e)
{
    struct load l = {h, o, calloc(HISTORY_SERIES_MAX, sizeof(*l.place)), 0};
    struct loaded *before = NULL;
    int bad = l.place ? 0 : report_fail(e, "%s: out of memory", h->folder);
    for (size_t i = 0; i < h->nights && !bad && l.place; i++) {
        struct loaded *n = load(&l, i, e);
        if (!n) {
            bad = -1;
        } else if (take_night(&l, &before, n)) {
            bad = report_fail(
                e, "%s: is too much for this computer's memory, or has more than %d series; keep fewer nights",
                h->night[i].file, HISTORY_SERIES_MAX);
            release(n);
        }
    }
    for (size_t i = 0; i < h->all && l.place; i++)
        release(l.place[i].in);
    release(before);
    free(l.place);
    return bad;
}
