/* report_variants.c: beneath the costs, what each way to start a hypervisor changed; nothing where there is but one. */
#include "common/memory.h"
#include "reports/common/number.h"
#include "reports/print/report_print.h"
#include "reports/result/variants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void one_change(FILE *f, const char *label, double base, double now)
{
    char by[NUMBER_SIZE], was[NUMBER_SIZE], is[NUMBER_SIZE];
    number_cost(by, fabs(now - base), true);
    number_cost(was, base, true);
    number_cost(is, now, true);
    fprintf(f, "%s %s%s (%s to %s, %+.1f %%), ", label, now > base ? "+" : "-", by, was, is, (now / base - 1) * 100);
}

/* "syscall +54 (672 to 726, +8.0 %), …; 4 others the same". */
static void changes(const struct model *m, const struct variant *v, FILE *f)
{
    unsigned same = 0, said = 0;
    double base, now;
    for (size_t row = 0; row < m->rows; row++) {
        if (!variant_costs(m, v, row, &base, &now))
            continue;
        if (base != now)
            one_change(f, m->row[row].label, base, now);
        said += base != now;
        same += base == now;
    }
    if (!said)
        fprintf(f, "no median differs");
    else
        fprintf(f, "%u the same", same);
}

char *report_variant(const struct model *m, const struct variant *v)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = memory_stream(&text, &size);
    const struct model_column *c = &m->column[v->column];
    fprintf(f, "%s %s%s%s%s: ", c->hypervisor, v->mode, *v->words ? " (" : "", v->words, *v->words ? ")" : "");
    if (variant_is_base(v))
        fprintf(f, "the base is %s", v->name);
    else if (variant_is_ignored(v))
        fprintf(f, "no effect: the hypervisor says the same of itself, and every number is the same, so this processor "
                   "or this mode has no use for it");
    else
        changes(m, v, f);
    fclose(f);
    return text;
}

void report_variants(const struct model *m, const struct report_options *o, FILE *out)
{
    struct variant v[MODEL_COLUMNS_MAX];
    const size_t n = variants_find(m, v);
    if (!n)
        return;
    fputc('\n', out);
    report_line(out, o, "variants", "each against the base of its mode; in the lab %s", VARIANTS_CODE_ALONE);
    for (size_t i = 0; i < n; i++) {
        char *text = report_variant(m, &v[i]);
        report_line(out, o, v[i].name, "%s", text);
        free(text);
    }
}
