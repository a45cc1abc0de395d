/* compare.c: pairs two results and draws the verdicts together; compare.h says by what. */
#include "reports/compare/compare.h"
#include "common/json_text.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>

long compare_row(const struct model *m, const struct model_row *like)
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
    *cell = (struct compare_cell){.setting = column->setting,
                                  .hypervisor = column->hypervisor,
                                  .mode = column->mode,
                                  .machine = column->machine,
                                  .workload = row->label};
    return cell;
}

/* A workload that could not be run because it makes no sense there, before and after, is not lost. */
static bool never_ran(const struct model_cell *cell)
{
    return !cell->any || cell->boots == 0;
}

static bool is(const struct model_cell *cell, const char *status)
{
    return cell->any && strcmp(cell->any->status, status) == 0;
}

/* It was tried and did not end well. */
static bool broke(const struct model_cell *cell)
{
    return cell->any && never_ran(cell) && !is(cell, "skipped") && !is(cell, "not_applicable");
}

/* The base measured it. The new result has no column or row for it, or could not measure it. */
void compare_lost(struct compare_cell *into, const struct model_cell *now)
{
    into->verdict = VERDICT_INCONCLUSIVE;
    if (!now || !now->any) {
        snprintf(into->why, sizeof(into->why), "is not in the new result");
        return;
    }
    const char *status = now->any->status;
    into->broken = broke(now);
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

/* --- what the new result was asked for ------------------------------------------------- */

static bool asked(const json_t *only, const char *what, const char *name)
{
    const json_t *list = json_object_get(only, what);
    return !json_is_array(list) || json_has_text(list, name);
}

static bool asked_here(const json_t *only, const struct model_column *column, const char *workload)
{
    char mode[64];
    text_format(mode, sizeof(mode), "%s", column->mode);
    char *devices = strchr(mode, '+');
    if (devices)
        *devices++ = 0;
    return asked(only, "hypervisors", column->hypervisor) && asked(only, "modes", mode) &&
           (!devices || asked(only, "devices", devices)) && asked(only, "workloads", workload);
}

/* False: the command that measured it, or each of those that did, named others only. */
static bool was_asked(const struct result *r, const struct model_column *column, const char *workload)
{
    const json_t *sources = result_sources(r), *source;
    size_t i;
    json_array_foreach(sources, i, source)
    {
        if (asked_here(json_object_get(source, "only"), column, workload))
            return true;
    }
    return !sources && asked_here(json_object_get(json_object_get(r->document, "suite"), "only"), column, workload);
}

/* --- pairs --------------------------------------------------------------------------- */

int compare_measured(struct comparison *c, struct compare_cell *cell, const struct model_place *old,
                     const struct model_place *new, const struct limits *limits)
{
    c->compared++;
    partly_lost(cell, model_at(old->in, old->row, old->column), model_at(new->in, new->row, new->column));
    return compare_cells(c, cell, old, new, limits);
}

static int pair_cell(struct comparison *c, unsigned column, size_t row, const struct limits *limits)
{
    const struct model *base = &c->model[0], *now = &c->model[1];
    const struct model_column *of = &base->column[column];
    int now_column = compare_column(c, 1, of->setting);
    long now_row = compare_row(now, &base->row[row]);
    const struct model_place old = {base, row, column}, new = {now, (size_t)now_row, (unsigned)now_column};
    const struct model_cell *cell = now_column >= 0 && now_row >= 0 ? model_at(now, new.row, new.column) : NULL;
    if (never_ran(model_at(base, row, column)))
        return 0;
    if ((!cell || !cell->any) && !was_asked(c->now, of, base->row[row].name)) {
        c->unasked++;
        return 0;
    }
    struct compare_cell *into = add_cell(c, now_column >= 0 ? &now->column[now_column] : of, &base->row[row]);
    if (!into)
        return -1;
    if (cell && !never_ran(cell))
        return compare_measured(c, into, &old, &new, limits);
    compare_lost(into, cell);
    return 0;
}

/* The base has no number for it: it did not have it, or lost it. */
static void say_baseless(struct compare_cell *into, const struct model_cell *old, const struct model_cell *now)
{
    const struct result_benchmark *lost = old ? old->any : NULL;
    into->baseless = true;
    into->only_new = !lost || is(old, "not_applicable");
    into->verdict = into->only_new && !broke(now) ? VERDICT_CHANGED : VERDICT_INCONCLUSIVE;
    if (broke(now))
        text_format(into->why, sizeof(into->why), "%.40s in the new result%s%.120s, and %s", now->any->status,
                    *now->any->reason ? ": " : "", now->any->reason,
                    lost ? "was not measured in the base" : "is not in the base");
    else if (!lost)
        snprintf(into->why, sizeof(into->why), "is not in the base");
    else if (into->only_new)
        snprintf(into->why, sizeof(into->why), "was not applicable in the base");
    else
        text_format(into->why, sizeof(into->why), "was lost in the base: %.40s%s%.200s", lost->status,
                    *lost->reason ? ": " : "", lost->reason);
}

static int pair_new(struct comparison *c, unsigned column, size_t row)
{
    const struct model *base = &c->model[0], *now = &c->model[1];
    const struct model_column *of = &now->column[column];
    int old_column = compare_column(c, 0, of->setting);
    long old_row = compare_row(base, &now->row[row]);
    const struct model_cell *cell = model_at(now, row, column), *old = NULL;
    if (old_column >= 0 && old_row >= 0)
        old = model_at(base, (size_t)old_row, (unsigned)old_column);
    if (never_ran(cell) && !broke(cell))
        return 0;
    if (old && !never_ran(old))
        return 0;
    struct compare_cell *into = add_cell(c, of, &now->row[row]);
    if (!into)
        return -1;
    say_baseless(into, old, cell);
    into->row = row;
    into->column = column;
    return 0;
}

/* Where two settings are asked for, the others are nobody's. */
static bool is_compared(const struct comparison *c, int side, unsigned column)
{
    return !c->settings[side] || strcmp(c->model[side].column[column].setting, c->settings[side]) == 0;
}

static int pair_all(struct comparison *c, const struct limits *limits)
{
    for (unsigned column = 0; column < c->model[0].columns; column++)
        for (size_t row = 0; row < c->model[0].rows && is_compared(c, 0, column); row++)
            if (pair_cell(c, column, row, limits))
                return -1;
    for (unsigned column = 0; column < c->model[1].columns; column++)
        for (size_t row = 0; row < c->model[1].rows && is_compared(c, 1, column); row++)
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

/* The boots' medians are better, and their means are not: one figure alone does not make a headline. */
static void heed_mean(struct finding *f, double floor)
{
    if (f->verdict != VERDICT_BETTER || f->mean_ratio <= 1 + floor)
        return;
    f->verdict = VERDICT_CHANGED;
    f->told = true;
    snprintf(f->why, sizeof(f->why), "the median is better, and the mean is worse: %+.2f%%", (f->mean_ratio - 1) * 100);
}

/* A noisy metric, after all p are corrected. */
static void conclude_noisy(const struct comparison *c, struct finding *f, const struct compare_options *o)
{
    f->verdict = judge_noisy(&f->noisy, c->tests, f->base, f->now, metric_types[f->metric].better, &f->limit, o->floor,
                             f->why, sizeof(f->why));
    heed_mean(f, o->floor);
    if (!*o->withheld)
        return;
    f->verdict = VERDICT_INCONCLUSIVE;
    text_format(f->why, sizeof(f->why), "%.190s", o->withheld);
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
    if (c->different.count > 1)
        snprintf(more, sizeof(more), " (and %zu more)", c->different.count - 1);
    return report_fail(e, "%s: cannot be compared with %s: %s%s; measure both alike, or give --force", now, base,
                       c->different.text[0], more);
}

int compare_begin(struct comparison *c, const struct result *base, const struct result *now, const char *base_path,
                  const char *now_path, const struct compare_options *o, struct report_error *e)
{
    *c = (struct comparison){.base = base, .now = now};
    if (model_make(&c->model[0], base, o->filter, base_path, e))
        return -1;
    int bad = model_make(&c->model[1], now, o->filter, now_path, e);
    if (!bad && o->settings[0])
        bad = compare_settings(c, base_path, now_path, o, e);
    else if (!bad && comparable_results(&c->model[0], &c->model[1], &c->different))
        bad = report_fail(e, "%s: out of memory", now_path);
    if (!bad && c->different.count && !o->force)
        bad = refuse(c, base_path, now_path, e);
    if (!bad && pair_all(c, &o->limits))
        bad = report_fail(e, "%s: out of memory", now_path);
    if (bad)
        compare_free(c);
    return bad;
}

int compare_end(struct comparison *c, const char *now_path, const struct compare_options *o, struct report_error *e)
{
    if (correct(c)) {
        compare_free(c);
        return report_fail(e, "%s: out of memory", now_path);
    }
    conclude(c, o);
    return 0;
}

int compare_make(struct comparison *c, const struct result *base, const struct result *now, const char *base_path,
                 const char *now_path, const struct compare_options *o, struct report_error *e)
{
    if (compare_begin(c, base, now, base_path, now_path, o, e))
        return -1;
    return compare_end(c, now_path, o, e);
}

void compare_free(struct comparison *c)
{
    for (size_t i = 0; i < c->cells; i++)
        free(c->cell[i].finding);
    free(c->cell);
    free(c->different.text);
    for (size_t i = 0; i < c->olders; i++) {
        model_free(&c->older[i]->model);
        result_free(&c->older[i]->result);
        free(c->older[i]);
    }
    free(c->older);
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
