/* finding_company.c: see finding_company.h. Each is held against the same guest alone, by the mean, in each workload.
 */
#include "reports/finding/finding_company.h"

#include "reports/common/number.h"

#include <string.h>

void finding_company(const struct model *m, const struct model_group *g, const struct company *c, size_t n, FILE *out)
{
    const struct company *worst = NULL;
    size_t worst_row = 0;
    double before = 1, after = 1, alone, beside;
    for (size_t i = 0; i < n; i++)
        for (size_t row = 0; row < m->rows; row++)
            if (c[i].has_base && c[i].column >= g->first && c[i].column < g->first + g->count && !c[i].lost &&
                company_costs(m, &c[i], row, &alone, &beside) && beside / alone > after / before) {
                worst = &c[i];
                worst_row = row;
                before = alone;
                after = beside;
            }
    if (!worst)
        return;
    char mode[MODEL_MODE], was[NUMBER_SIZE], is[NUMBER_SIZE], times[NUMBER_SIZE];
    model_mode(m, worst->base, mode);
    number_cost(was, before, false);
    number_cost(is, after, false);
    number_ratio(times, after / before);
    fprintf(out, ". Of the guests beside it, %s costs most (%s in %.*s: %s alone, %s in the mean beside it, %s times)",
            worst->name, m->row[worst_row].label, (int)strcspn(mode, "+"), mode, was, is, times);
}
