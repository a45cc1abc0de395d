/*
 * figure_mitigations.c: a map of what each way to start a hypervisor changed: a line a way, a column a workload, a
 * block a hypervisor and mode. Red is dearer than the hypervisor as it ships, blue is cheaper.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/figure/changes.h"
#include "reports/result/variants.h"

#include <stdlib.h>

#define SAYS                                                                                                           \
    "Change of the cost per operation in per cent, against the hypervisor as it ships. No effect: the hypervisor "     \
    "says the same of itself, and every number is the same. In the lab " VARIANTS_CODE_ALONE "."

static bool costs(const struct model *m, const struct changes_line *line, size_t row, double *base, double *now)
{
    return variant_costs(m, line->of, row, base, now);
}

enum figure_answer figure_mitigations(struct figure *f)
{
    struct changes *c = memory_zeroed(1, sizeof(*c));
    struct variant *v = memory_zeroed(MODEL_COLUMNS_MAX, sizeof(*v));
    c->costs = costs;
    c->shows = "what each way to start a hypervisor changed, by operation and mode";
    c->says = SAYS;
    c->lines = variants_find(f->m, v);
    for (size_t i = 0; i < c->lines; i++) {
        struct changes_line *line = &c->line[i];
        if (variant_is_base(&v[i])) {
            changes_head(line, f->m, v[i].column, v[i].mode, v[i].name);
            continue;
        }
        *line = (struct changes_line){.column = v[i].column, .of = &v[i]};
        text_format(line->label, sizeof(line->label), "%.20s%s", v[i].name,
                    variant_is_ignored(&v[i]) ? " (no effect)" : "");
    }
    const enum figure_answer answer = changes_draw(c, f);
    free(v);
    free(c);
    return answer;
}
