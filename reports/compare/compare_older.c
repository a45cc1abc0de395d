/*
 * compare_older.c: a base that is the results of many nights. What the newest of them did not measure is held
 * against the last one that did, which is named: a gap of one night must not make a pass of the next.
 */
#include "common/text.h"
#include "reports/compare/compare.h"

#include <stdlib.h>
#include <string.h>

bool compare_wants_older(const struct comparison *c)
{
    for (size_t i = 0; i < c->cells; i++)
        if (c->cell[i].baseless)
            return true;
    return false;
}

/* Nothing but what is under test may differ, as between the two results themselves. */
static int same_experiment(const struct comparison *c, const struct model *older, unsigned column,
                           const struct compare_cell *cell, bool force, bool *same)
{
    struct comparable_reasons reasons = {0};
    int bad = comparable_columns(older, column, &c->model[1], cell->column, &reasons);
    *same = force || reasons.count == 0;
    free(reasons.text);
    return bad;
}

static void name(struct compare_cell *cell, const struct model *older, const char *path, const char *before)
{
    text_format(cell->held, sizeof(cell->held), "held against %.120s of %.10s, since it %.140s", path,
                *older->result->date ? older->result->date : "no date", before);
}

/* 1: it was held against the older result; 0: that has not measured it either; -1: no memory. */
static int hold(struct comparison *c, struct compare_cell *cell, const struct model *older, const char *path,
                const struct compare_options *o)
{
    int column = comparable_column(older, cell->setting);
    long row = compare_row(older, &c->model[1].row[cell->row]);
    bool same = true;
    char before[sizeof(cell->why)];
    const struct model_place new = {&c->model[1], cell->row, cell->column};
    if (column < 0 || row < 0 || !model_at(older, (size_t)row, (unsigned)column)->boots)
        return 0;
    if (same_experiment(c, older, (unsigned)column, cell, o->force, &same))
        return -1;
    if (!same)
        return 0;
    memcpy(before, cell->why, sizeof(before));
    *cell->why = 0;
    cell->verdict = VERDICT_SAME;
    cell->baseless = cell->only_new = false;
    name(cell, older, path, before);
    const struct model_cell *now = model_at(new.in, new.row, new.column);
    if (now->boots)
        return compare_measured(c, cell, &(struct model_place){older, (size_t)row, (unsigned)column}, &new, &o->limits)
                   ? -1
                   : 1;
    compare_lost(cell, now);
    return 1;
}

int compare_older(struct comparison *c, struct result *result, const char *path, const struct compare_options *o)
{
    struct report_error e = {""};
    struct compare_older *older = calloc(1, sizeof(*older)), **more;
    more = older ? realloc(c->older, (c->olders + 1) * sizeof(void *)) : NULL;
    if (more)
        c->older = more;
    if (!more || model_make(&older->model, result, o->filter, path, &e)) {
        free(older);
        return -1;
    }
    older->result = *result;
    older->model.result = &older->result;
    *result = (struct result){0};
    c->older[c->olders++] = older;
    for (size_t i = 0; i < c->cells; i++)
        if (c->cell[i].baseless && hold(c, &c->cell[i], &older->model, path, o) < 0)
            return -1;
    return 0;
}
