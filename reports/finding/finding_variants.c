/* finding_variants.c: see finding_variants.h. Each way is held against its base, by the workload in which it differs
 * most. */
#include "reports/finding/finding_variants.h"

#include "reports/common/number.h"

#include <string.h>

/* A way, and the workload in which its cost is another. */
struct extreme {
    const struct variant *v;
    size_t row;
    double base, now;
};

static double multiple(const struct extreme *e)
{
    return e->v ? e->now / e->base : 1;
}

static void say(const struct model *m, const struct extreme *e, const char *what, FILE *out)
{
    char mode[MODEL_MODE], was[NUMBER_SIZE], is[NUMBER_SIZE];
    model_mode(m, e->v->base, mode);
    number_cost(was, e->base, m->column[e->v->base].exact);
    number_cost(is, e->now, m->column[e->v->column].exact);
    fprintf(out, "%s %s (%s in %.*s: %s to %s, %+.1f %%)", e->v->name, what, m->row[e->row].label,
            (int)strcspn(mode, "+"), mode, was, is, 100 * (multiple(e) - 1));
}

static void take(const struct model *m, const struct variant *v, struct extreme *most, struct extreme *least)
{
    for (size_t row = 0; row < m->rows; row++) {
        struct extreme e = {.v = v, .row = row};
        if (!variant_costs(m, v, row, &e.base, &e.now))
            continue;
        *most = multiple(&e) > multiple(most) ? e : *most;
        *least = multiple(&e) < multiple(least) ? e : *least;
    }
}

void finding_variants(const struct model *m, const struct model_group *g, const struct variant *v, size_t n, FILE *out)
{
    struct extreme most = {.v = NULL}, least = {.v = NULL};
    unsigned held = 0, ignored = 0;
    const char *base = "";
    for (size_t i = 0; i < n; i++) {
        if (v[i].column < g->first || v[i].column >= g->first + g->count)
            continue;
        base = variant_is_base(&v[i]) && !*base ? v[i].name : base;
        if (variant_is_base(&v[i]) || !v[i].compared)
            continue;
        take(m, &v[i], &most, &least);
        held++;
        ignored += variant_is_ignored(&v[i]);
    }
    if (!held)
        return;
    fprintf(out, ". Held against %s, ", base);
    if (most.v)
        say(m, &most, "costs most", out);
    fputs(most.v && least.v ? ", and " : most.v || least.v ? "" : "no other way differs in a median", out);
    if (least.v)
        say(m, &least, most.v ? "least" : "costs least", out);
    if (ignored)
        fprintf(out, "; %u of %u %s no effect", ignored, held, ignored == 1 ? "has" : "have");
}
