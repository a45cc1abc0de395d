/*
 * compare_explain.c: where both results have an explanation beside them, a difference is told function by function,
 * too.
 */
#include "reports/compare/compare.h"
#include "reports/explain/explain.h"

/* Of the same mean, nothing is to be explained. */
static bool is_to_be_explained(const struct compare_cell *cell)
{
    const struct finding *cost = compare_finding(cell, METRIC_COST), *mean = compare_finding(cell, METRIC_MEAN);
    return (cost && cost->exact && cost->now != cost->base) || (mean && mean->exact && mean->now != mean->base);
}

void compare_explain(struct comparison *c, const char *base_path, const char *now_path)
{
    struct explanation base, now;
    /* Functions of two settings have nothing in common. */
    if (c->settings[0] || !explain_beside(&base, base_path, c->base->document))
        return;
    if (explain_beside(&now, now_path, c->now->document)) {
        for (size_t i = 0; i < c->cells; i++) {
            struct compare_cell *cell = &c->cell[i];
            if (!*cell->why && is_to_be_explained(cell))
                explain_in_short(&now, &base, cell->setting, cell->workload, cell->where, sizeof(cell->where));
        }
        explain_free(&now);
    }
    explain_free(&base);
}
