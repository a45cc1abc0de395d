/* compare.c: pairs two results and draws the verdicts together; compare.h says by what. */
#include "reports/compare/compare.h"
#include "command/text.h"

#include <stdlib.h>
#include <string.h>

static int find_column(const struct model *m, const struct model_column *like)
{
    for (unsigned i = 0; i < m->columns; i++)
        if (strcmp(m->column[i].hypervisor, like->hypervisor) == 0 && strcmp(m->column[i].mode, like->mode) == 0 &&
            strcmp(m->column[i].machine, like->machine) == 0)
            return (int)i;
    return -1;
}

static long find_row(const struct model *m, const struct model_row *like)
{
    for (size_t i = 0; i < m->rows; i++)
        if (m->row[i].parameter == like->parameter && strcmp(m->row[i].name, like->name) == 0)
            return (long)i;
    return -1;
}

static struct compare_cell *add_cell(struct comparison *c, const struct model_column *column,
                                     const struct model_row *row)
{
    struct compare_cell *more = realloc(c->cell, (c->cells + 1) * sizeof(*more));
    if (!more)
        return NULL;
    c->cell = more;
    struct compare_cell *cell = &more[c->cells++];
    *cell = (struct compare_cell){
        .hypervisor = column->hypervisor, .mode = column->mode, .machine = column->machine, .workload = row->label};
    return cell;
}

/* A workload that could not be run because it makes no sense there, before and after, is not lost. */
static bool never_ran(const struct model_cell *cell)
{
    return !cell->any || cell->boots == 0;
}

/* The base measured it. The new result has no column or row for it, or could not measure it. */
static void lost(struct compare_cell *into, const struct model_cell *now)
{
    into->verdict = VERDICT_INCONCLUSIVE;
    if (!now || !now->any) {
        snprintf(into->why, sizeof(into->why), "is not in the new result");
        return;
    }
    const char *status = now->any->status;
    into->broken = strcmp(status, "skipped") != 0 && strcmp(status, "not_applicable") != 0;
    if (into->broken)
        into->verdict = VERDICT_WORSE;
    text_format(into->why, sizeof(into->why), "%.40s in the new result%s%.200s", status, *now->any->reason ? ": " : "",
                now->any->reason);
}

/* Some boots went well and some did not, where before all went well. */
static void partly_lost(struct compare_cell *into, const struct model_cell *base, const struct model_cell *now)
{
    if (base->bad || !now->bad || strcmp(now->lost->status, "skipped") == 0)
        return;
    into->broken = true;
    into->verdict = VERDICT_WORSE;
    text_format(into->why, sizeof(into->why), "%u of %u boots %.40s in the new result%s%.200s", now->bad,
                now->bad + now->boots, now->lost->status, *now->lost->reason ? ": " : "", now->lost->reason);
}

/* One unit on both sides, or the costs say nothing about each other. */
static bool units_differ(struct compare_cell *into, const struct model_column *old, const struct model_column *new)
{
    if (old->mixed_units || new->mixed_units)
        snprintf(into->why, sizeof(into->why), "is in several units in the %s",
                 new->mixed_units ? "new result" : "base");
    else if (*old->unit && *new->unit && strcmp(old->unit, new->unit) != 0)
        snprintf(into->why, sizeof(into->why), "is in %.40s, and was in %.40s", new->unit, old->unit);
    return *into->why != 0;
}

static int pair_cell(struct comparison *c, unsigned column, size_t row, const struct limits *limits)
{
    const struct model *base = &c->model[0], *now = &c->model[1];
    const struct model_cell *old = model_at(base, row, column), *new = NULL;
    int now_column = find_column(now, &base->column[column]);
    long now_row = find_row(now, &base->row[row]);
    if (now_column >= 0 && now_row >= 0)
        new = model_at(now, (size_t)now_row, (unsigned)now_column);
    if (never_ran(old))
        return 0;
    struct compare_cell *cell = add_cell(c, &base->column[column], &base->row[row]);
    if (!cell)
        return -1;
    if (!new || never_ran(new)) {
        lost(cell, new);
        return 0;
    }
    if (units_differ(cell, &base->column[column], &now->column[now_column])) {
        cell->verdict = VERDICT_INCONCLUSIVE;
        return 0;
    }
    c->compared++;
    partly_lost(cell, old, new);
    return compare_cells(c, cell, row, column, (size_t)now_row, (unsigned)now_column, limits);
}

static int pair_new(struct comparison *c, unsigned column, size_t row)
{
    const struct model *base = &c->model[0], *now = &c->model[1];
    int old_column = find_column(base, &now->column[column]);
    long old_row = find_row(base, &now->row[row]);
    if (never_ran(model_at(now, row, column)))
        return 0;
    if (old_column >= 0 && old_row >= 0 && !never_ran(model_at(base, (size_t)old_row, (unsigned)old_column)))
        return 0;
    struct compare_cell *cell = add_cell(c, &now->column[column], &now->row[row]);
    if (!cell)
        return -1;
    cell->only_new = true;
    cell->verdict = VERDICT_CHANGED;
    snprintf(cell->why, sizeof(cell->why), "is not in the base");
    return 0;
}

static int pair_all(struct comparison *c, const struct limits *limits)
{
    for (unsigned column = 0; column < c->model[0].columns; column++)
        for (size_t row = 0; row < c->model[0].rows; row++)
            if (pair_cell(c, column, row, limits))
                return -1;
    for (unsigned column = 0; column < c->model[1].columns; column++)
        for (size_t row = 0; row < c->model[1].rows; row++)
            if (pair_new(c, column, row))
                return -1;
    return 0;
}

/* All p of the report, corrected together. */
static int correct(struct comparison *c)
{
    double *p = malloc((c->tests + 1) * sizeof(*p));
    size_t n = 0;
    if (!p)
        return -1;
    for (size_t i = 0; i < c->cells; i++)
        for (size_t j = 0; j < c->cell[i].findings; j++)
            if (!c->cell[i].finding[j].exact)
                p[n++] = c->cell[i].finding[j].noisy.p;
    int bad = stats_holm(p, n);
    n = 0;
    for (size_t i = 0; i < c->cells; i++)
        for (size_t j = 0; j < c->cell[i].findings; j++)
            if (!c->cell[i].finding[j].exact)
                c->cell[i].finding[j].noisy.adjusted = p[n++];
    free(p);
    return bad;
}

/* A noisy metric, after all p are corrected. */
static void conclude_noisy(const struct comparison *c, struct finding *f, const struct compare_options *o)
{
    f->verdict = judge_noisy(&f->noisy, c->tests, f->base, f->now, metric_types[f->metric].better, &f->limit, o->floor,
                             f->why, sizeof(f->why));
    if (!*o->withheld)
        return;
    f->verdict = VERDICT_INCONCLUSIVE;
    snprintf(f->why, sizeof(f->why), "%.190s", o->withheld);
}

void compare_weigh(struct compare_cell *cell)
{
    for (size_t j = 0; j < cell->findings; j++) {
        const struct finding *f = &cell->finding[j];
        /* A better total says more than that its parts are other ones. */
        bool explains = f->verdict == VERDICT_CHANGED && cell->verdict == VERDICT_BETTER;
        bool better = f->verdict == VERDICT_BETTER && cell->verdict == VERDICT_CHANGED;
        if ((f->verdict > cell->verdict && !explains) || better)
            cell->verdict = f->verdict;
    }
}

static void conclude(struct comparison *c, const struct compare_options *o)
{
    for (size_t i = 0; i < c->cells; i++) {
        for (size_t j = 0; j < c->cell[i].findings; j++)
            if (!c->cell[i].finding[j].exact)
                conclude_noisy(c, &c->cell[i].finding[j], o);
        compare_weigh(&c->cell[i]);
        c->verdicts[c->cell[i].verdict]++;
    }
}

static int refuse(const struct comparison *c, const char *base, const char *now, struct report_error *e)
{
    char more[48] = "";
    if (c->differences > 1)
        snprintf(more, sizeof(more), " (and %zu more)", c->differences - 1);
    return report_fail(e, "%s: cannot be compared with %s: %s%s; measure both alike, or give --force", now, base,
                       c->different[0], more);
}

int compare_make(struct comparison *c, const struct result *base, const struct result *now, const char *base_path,
                 const char *now_path, const struct compare_options *o, struct report_error *e)
{
    *c = (struct comparison){.base = base, .now = now};
    if (model_make(&c->model[0], base, base_path, e))
        return -1;
    int bad = model_make(&c->model[1], now, now_path, e);
    if (!bad && compare_comparable(c))
        bad = report_fail(e, "%s: out of memory", now_path);
    if (!bad && c->differences && !o->force)
        bad = refuse(c, base_path, now_path, e);
    if (!bad && (pair_all(c, &o->limits) || correct(c)))
        bad = report_fail(e, "%s: out of memory", now_path);
    if (bad) {
        compare_free(c);
        return -1;
    }
    conclude(c, o);
    return 0;
}

void compare_free(struct comparison *c)
{
    for (size_t i = 0; i < c->cells; i++)
        free(c->cell[i].finding);
    free(c->cell);
    free(c->different);
    model_free(&c->model[0]);
    model_free(&c->model[1]);
    *c = (struct comparison){0};
}

int compare_status(const struct comparison *c)
{
    if (c->verdicts[VERDICT_WORSE])
        return 3;
    return c->verdicts[VERDICT_INCONCLUSIVE] || !c->compared ? 5 : 0;
}
