/*
 * figure_isolation.c: a map of what a guest loses by those beside it: a line a load, a column a workload, a block a
 * hypervisor and mode, each against the same guest alone.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/figure/changes.h"
#include "reports/result/company.h"

#include <stdlib.h>
#include <string.h>

#define SAYS                                                                                                           \
    "Change of the mean cost per operation in per cent, beside other guests on the same processor, against the same "  \
    "guest alone: 100 is a guest that has half. Lost: a guest beside it was not there all the time."

static bool costs(const struct model *m, const struct changes_line *line, size_t row, double *base, double *now)
{
    const struct company *c = line->of;
    return !c->lost && company_costs(m, c, row, base, now);
}

static bool same_block(const struct company *a, const struct company *b)
{
    return a->base == b->base;
}

/* A block where it first comes, with all of its guests behind its name. */
static void add_block(struct changes *c, const struct model *m, const struct company *all, size_t n, size_t first)
{
    for (size_t i = 0; i < first; i++)
        if (all[i].has_base && same_block(&all[i], &all[first]))
            return;
    changes_head(&c->line[c->lines++], m, all[first].base, all[first].mode, "itself alone");
    for (size_t i = first; i < n; i++) {
        if (!all[i].has_base || !same_block(&all[i], &all[first]))
            continue;
        struct changes_line *line = &c->line[c->lines++];
        *line = (struct changes_line){.column = all[i].column, .of = &all[i]};
        text_format(line->label, sizeof(line->label), "%.48s%s", all[i].name, all[i].lost ? " (lost)" : "");
    }
}

enum figure_answer figure_isolation(struct figure *f)
{
    struct changes *c = memory_zeroed(1, sizeof(*c));
    struct company *all = memory_zeroed(MODEL_COLUMNS_MAX, sizeof(*all));
    const size_t n = companies_find(f->m, all);
    c->costs = costs;
    c->shows = "what a guest loses by those beside it, by load, operation and mode";
    c->says = SAYS;
    for (size_t i = 0; i < n; i++)
        if (all[i].has_base)
            add_block(c, f->m, all, n, i);
    const enum figure_answer answer = changes_draw(c, f);
    free(all);
    free(c);
    return answer;
}
