/* report_vcpus.c: beneath the costs, what grows with the number of a guest's vCPUs, as a law of that number. */
#include "common/memory.h"
#include "reports/print/report_print.h"
#include "reports/result/vcpus.h"

#include <math.h>
#include <stdlib.h>

#define EXACTLY 1e-9

static void number(double value, FILE *f)
{
    const double whole = round(value);
    if (fabs(value - whole) < 1e-6 || fabs(value) >= 100)
        fprintf(f, "%.0f", whole);
    else
        fprintf(f, "%.1f", value);
}

/* "665 + 18 N", "4 N", "1". */
static void law(const struct law *l, FILE *f)
{
    const bool fixed = fabs(l->fixed) > 1e-6, each = fabs(l->each) > 1e-6;
    if (fixed || !each)
        number(l->fixed, f);
    if (!each)
        return;
    fputs(!fixed ? "" : l->each < 0 ? " - " : " + ", f);
    number(fixed ? fabs(l->each) : l->each, f);
    fputs(" N", f);
}

static void one(const char *label, const struct vcpus_laws *laws, FILE *f)
{
    fprintf(f, "%s ", label);
    law(&laws->cost, f);
    if (laws->cost.off < EXACTLY)
        fputs(", exactly", f);
    else
        fprintf(f, ", within %.1f %%", ceil(laws->cost.off * 1000) / 10);
    if (laws->has_entries) {
        fputs(" (entries ", f);
        law(&laws->entries, f);
        if (laws->entries.off >= EXACTLY)
            fprintf(f, ", within %.1f %%", ceil(laws->entries.off * 1000) / 10);
        fputc(')', f);
    }
    fputs("; ", f);
}

static void line(const struct model *m, const struct vcpus_group *g, const struct report_options *o, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = memory_stream(&text, &size);
    const struct model_column *c = &m->column[g->column[0]];
    unsigned same = 0;
    double spread = 0;
    if (!f)
        return;
    fprintf(f, "%s %s: ", c->hypervisor, g->mode);
    for (size_t row = 0; row < m->rows; row++) {
        struct vcpus_laws laws;
        const enum vcpus_growth growth = vcpus_laws(m, g, row, &laws);
        if (growth == VCPUS_GROWS)
            one(m->row[row].label, &laws, f);
        if (growth != VCPUS_SAME)
            continue;
        same++;
        spread = fmax(spread, laws.spread);
    }
    fprintf(f, "%u the same within %.1f %%", same, ceil(spread * 1000) / 10);
    if (fclose(f) == 0)
        report_line(out, o, "", "%s", text);
    free(text);
}

void report_vcpus(const struct model *m, const struct report_options *o, FILE *out)
{
    struct vcpus_group g[MODEL_COLUMNS_MAX];
    const size_t n = vcpus_groups(m, g);
    if (!n)
        return;
    fputc('\n', out);
    report_line(out, o, "vCPUs",
                "what an operation costs, by N, how many vCPUs the guest has: the line that is nearest to all medians");
    for (size_t i = 0; i < n; i++)
        line(m, &g[i], o, out);
}
