/*
 * compare_cells.c: one workload before and after: every metric of it that
 * was measured, as a finding.
 */
#include "reports/compare/compare.h"
#include "common/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct metric_type metric_types[METRICS] = {
    [METRIC_COST] = {"cost", BETTER_LOWER, true, false},
    [METRIC_MEAN] = {"cost", BETTER_LOWER, true, false},
    [METRIC_MIN] = {"min", BETTER_LOWER, false, false},
    [METRIC_P99] = {"p99", BETTER_LOWER, false, false},
    [METRIC_MAX] = {"max", BETTER_LOWER, false, false},
    [METRIC_COLD] = {"cold", BETTER_LOWER, true, false},
    [METRIC_ENTRIES] = {"entries", BETTER_LOWER, true, true},
    [METRIC_KIND] = {"kinds", BETTER_LOWER, false, true},
    [METRIC_COLD_ENTRIES] = {"cold", BETTER_LOWER, true, true},
    [METRIC_COLD_KIND] = {"kinds", BETTER_LOWER, false, true},
    [METRIC_DETAIL] = {"details", BETTER_LOWER, false, true},
    [METRIC_HANDLER] = {"handlers", BETTER_LOWER, false, false},
    [METRIC_MOVED] = {"distribution", BETTER_LOWER, false, false},
};

static const char *const names[METRICS] = {"cost", "mean", "min",     "p99",
                                           "max",  "cold", "entries", [METRIC_MOVED] = "distribution"};

struct pair {
    struct comparison *c;
    struct compare_cell *into;
    const struct model_place *at[2];
    const struct model_cell *cell[2];
    const struct limits *limits;
    bool exact;
};

/* --- the boots of a cell --------------------------------------------------- */

static bool in_column(const struct model_column *c, const struct result_run *run)
{
    return strcmp(c->setting, run->setting) == 0;
}

static bool metric_value(const json_t *document, const struct result_benchmark *b, enum metric metric, double *value)
{
    double sum = 0;
    *value = -1;
    if (strcmp(b->status, "ok") != 0)
        return false;
    if (metric == METRIC_ENTRIES) {
        for (size_t i = 0; i < b->entries.kinds; i++)
            sum += b->entries.kind[i].count;
        *value = (b->entries.total >= 0 ? b->entries.total : sum) / (b->iterations * b->operations);
        return b->entries.known;
    }
    if (metric == METRIC_COLD) {
        *value = b->cold / b->operations;
        return b->has_cold;
    }
    const json_t *number =
        json_object_get(json_object_get(document, "cost"), metric == METRIC_COST ? "median" : names[metric]);
    *value = json_number_value(number) / b->operations;
    return b->has_cost && json_is_number(number) && isfinite(*value) && *value >= 0;
}

/* Most runs have the workloads in the order of the rows: `hint` is looked at first. */
static long find_benchmark(const struct result_run *run, const struct model_row *row, size_t hint)
{
    for (size_t i = 0; i < run->benchmarks + 1; i++) {
        size_t at = i ? i - 1 : hint;
        if (at < run->benchmarks && run->benchmark[at].parameter == row->parameter &&
            strcmp(run->benchmark[at].name, row->name) == 0)
            return (long)at;
    }
    return -1;
}

double *compare_boots(const struct model_place *place, enum metric metric, size_t *n)
{
    const struct result *r = place->in->result;
    double *values = malloc((r->runs + 1) * sizeof(*values));
    const json_t *runs = json_object_get(r->document, "runs");
    *n = 0;
    for (size_t i = 0; values && i < r->runs; i++) {
        const struct result_run *run = &r->run[i];
        const json_t *list = json_object_get(json_array_get(runs, i), "benchmarks");
        if (!in_column(&place->in->column[place->column], run))
            continue;
        long at = find_benchmark(run, &place->in->row[place->row], place->row);
        if (at >= 0)
            *n += metric_value(json_array_get(list, (size_t)at), &run->benchmark[at], metric, &values[*n]);
    }
    return values;
}

/* --- findings --------------------------------------------------------------- */

static struct finding *add(struct pair *p, enum metric metric, const char *name, const char *unit)
{
    struct compare_cell *cell = p->into;
    struct finding *more = realloc(cell->finding, (cell->findings + 1) * sizeof(*more));
    if (!more)
        return NULL;
    cell->finding = more;
    struct finding *f = &more[cell->findings++];
    *f = (struct finding){.metric = metric, .unit = unit, .exact = true};
    text_format(f->name, sizeof(f->name), "%s", name);
    f->limit = limits_of(p->limits, cell->workload, name, metric_types[metric].group, metric_types[metric].judged);
    return f;
}

static bool constant(const double *values, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (values[i] != values[0])
            return false;
    return true;
}

/* Counts are exact where they do not vary; costs where the result says so. */
static bool is_exact(const struct pair *p, enum metric metric, double *const *values, const size_t *n)
{
    if (metric == METRIC_COLD)
        return p->cell[0]->any->cold_exact;
    if (metric != METRIC_ENTRIES)
        return p->exact;
    return p->exact || (constant(values[0], n[0]) && constant(values[1], n[1]));
}

/* May this metric of the two be compared at all? */
static bool comparable(const struct pair *p, enum metric metric, char *why, size_t size)
{
    if (metric == METRIC_ENTRIES)
        return comparable_entries(p->cell[0], p->cell[1], why, size);
    if (metric == METRIC_COLD)
        return true; /* judge_cold() tells apart what is another and what was in another state */
    if (!p->cell[0]->has_cost || !p->cell[1]->has_cost)
        return true; /* judge_missing() */
    return comparable_costs(p->cell[0], p->cell[1], why, size);
}

/* What cannot be compared is no pass, except where nothing is judged anyway. */
static int judge_incomparable(struct pair *p, enum metric metric, const char *why)
{
    if (metric != METRIC_COST && metric != METRIC_ENTRIES && metric != METRIC_COLD)
        return 0; /* it was said of the cost */
    struct finding *f = add(p, metric, names[metric], "");
    if (!f)
        return -1;
    f->verdict = f->limit.given ? VERDICT_INCONCLUSIVE : VERDICT_CHANGED;
    text_format(f->why, sizeof(f->why), "%.190s", why);
    return 0;
}

/* A verdict that does not follow from the difference, for `why`. */
static void withdraw(struct finding *f, enum verdict verdict, const char *why)
{
    f->verdict = verdict;
    f->told = true;
    text_format(f->why, sizeof(f->why), "%.190s", why);
}

/* A cost that is constant on both sides does not depend on how often it was taken. */
static bool constant_cost(const struct model_cell *cell)
{
    return cell->low == cell->high;
}

static bool has_sample(const struct model_cell *cell, double cost)
{
    const json_t *pair;
    size_t i;
    if (constant_cost(cell))
        return cell->low == cost;
    json_array_foreach(cell->measured->cost.distribution, i, pair)
    {
        if (json_number_value(json_array_get(pair, 0)) / cell->operations == cost)
            return true;
    }
    return false;
}

/*
 * With other iterations a cost that is not constant is a mixture in other parts. A median that neither result
 * took a sample of before is a new cost; else only its share changed, which says nothing.
 */
static void weigh_mixture(const struct pair *p, struct finding *f)
{
    char why[COMPARABLE_WHY];
    if (f->metric > METRIC_MAX || f->verdict == VERDICT_SAME ||
        (constant_cost(p->cell[0]) && constant_cost(p->cell[1])) ||
        comparable_samples(p->cell[0], p->cell[1], why, sizeof(why)))
        return;
    if (f->metric == METRIC_MEAN)
        withdraw(f, VERDICT_CHANGED, why);
    else if (f->metric != METRIC_COST && !f->limit.given)
        f->verdict = VERDICT_SAME; /* nobody asked */
    else if (f->metric != METRIC_COST || has_sample(p->cell[0], f->now) || has_sample(p->cell[1], f->base))
        withdraw(f, VERDICT_INCONCLUSIVE, why);
}

/* Less than one entry in all the operations of the shorter of two measurements: it had no chance to show. */
static void weigh_rare(const struct pair *p, struct finding *f)
{
    char why[COMPARABLE_WHY];
    double fewer = fmin(p->cell[0]->any->iterations, p->cell[1]->any->iterations) * p->cell[0]->operations;
    if (f->metric != METRIC_ENTRIES || f->verdict == VERDICT_SAME || fabs(f->now - f->base) * fewer >= 1 ||
        comparable_samples(p->cell[0], p->cell[1], why, sizeof(why)))
        return;
    withdraw(f, VERDICT_CHANGED, why);
}

/* A difference that what ran before explains as well. */
static void weigh_before(const struct pair *p, struct finding *f)
{
    char why[COMPARABLE_WHY];
    if (f->verdict == VERDICT_SAME || *f->why)
        return;
    if (f->metric == METRIC_COLD && !comparable_colds(p->cell[0], p->cell[1], why, sizeof(why)))
        withdraw(f, VERDICT_CHANGED, why);
    else if (f->metric < METRIC_COLD &&
             !comparable_steady(p->at[1]->in, p->at[1]->column, p->cell[0], p->cell[1], why, sizeof(why)))
        withdraw(f, VERDICT_INCONCLUSIVE, why);
}

static int judge_exactly(struct pair *p, struct finding *f, double *const *values, const size_t *n)
{
    if (stats_sort(values[0], n[0]) < 0 || stats_sort(values[1], n[1]) < 0)
        return -1;
    f->base = stats_median(values[0], n[0]);
    f->now = stats_median(values[1], n[1]);
    f->verdict = judge_exact(f->base, f->now, metric_types[f->metric].better, &f->limit);
    weigh_mixture(p, f);
    weigh_rare(p, f);
    weigh_before(p, f);
    return 0;
}

static int judge_noisily(struct pair *p, struct finding *f, double *const *values, const size_t *n)
{
    if (judge_test(values[0], n[0], values[1], n[1], &f->noisy))
        return -1;
    p->c->tests++;
    f->base = stats_median(values[0], n[0]);
    f->now = stats_median(values[1], n[1]);
    if (f->metric == METRIC_COST && p->cell[0]->mean > 0)
        f->mean_ratio = p->cell[1]->mean / p->cell[0]->mean;
    return 0;
}

static int judge_values(struct pair *p, enum metric metric, double *const *values, const size_t *n)
{
    bool exact = is_exact(p, metric, values, n);
    if (!exact && metric != METRIC_COST && metric != METRIC_ENTRIES)
        return 0; /* its spread within a boot is no property of the boot */
    if (!exact && p->c->exact_only)
        return 0;
    struct finding *f = add(p, metric, names[metric], metric_types[metric].entries ? "entries" : p->cell[0]->unit);
    if (!f)
        return -1;
    f->exact = exact;
    return exact ? judge_exactly(p, f, values, n) : judge_noisily(p, f, values, n);
}

/* What was measured and is no longer must not look like a pass. */
static int judge_missing(struct pair *p, enum metric metric)
{
    const struct result_benchmark *b = p->cell[1]->any;
    const char *why = b ? result_why(b, metric == METRIC_ENTRIES ? "entries"
                                        : metric == METRIC_COLD  ? "cold"
                                                                 : "cost")
                        : "";
    struct finding *f = add(p, metric, names[metric], "");
    if (!f)
        return -1;
    f->verdict = f->limit.given ? VERDICT_INCONCLUSIVE : VERDICT_CHANGED;
    text_format(f->why, sizeof(f->why), "the new result has no %s%s%.120s", names[metric], *why ? ": " : "", why);
    return 0;
}

/* Of first operations in other units or classes nothing is computed. */
static bool cold_is_another(const struct pair *p, char *why, size_t size)
{
    const struct result_benchmark *a = p->cell[0]->any, *b = p->cell[1]->any;
    return (strcmp(a->cold_unit, b->cold_unit) != 0 || a->cold_exact != b->cold_exact ||
            p->cell[0]->operations != p->cell[1]->operations) &&
           !comparable_colds(p->cell[0], p->cell[1], why, size);
}

static int judge_metric(struct pair *p, enum metric metric)
{
    double *values[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    char why[COMPARABLE_WHY];
    int bad = 0;
    for (int i = 0; i < 2; i++) {
        values[i] = compare_boots(p->at[i], metric, &n[i]);
        bad = bad || !values[i];
    }
    if (!bad && n[0] && n[1] &&
        (!comparable(p, metric, why, sizeof(why)) || (metric == METRIC_COLD && cold_is_another(p, why, sizeof(why)))))
        bad = judge_incomparable(p, metric, why);
    else if (!bad && n[0] && n[1])
        bad = judge_values(p, metric, values, n);
    else if (!bad && n[0])
        bad = judge_missing(p, metric);
    free(values[0]);
    free(values[1]);
    return bad ? -1 : 0;
}

/* The first boot of a cell that has a cost, as it stands in the result. */
static const json_t *first_boot(const struct pair *p, int side)
{
    const struct model_place *place = p->at[side];
    const struct model *m = place->in;
    const json_t *runs = json_object_get(m->result->document, "runs");
    for (size_t i = 0; i < m->result->runs; i++) {
        const struct result_run *run = &m->result->run[i];
        long at = in_column(&m->column[place->column], run) ? find_benchmark(run, &m->row[place->row], place->row) : -1;
        if (at >= 0 && run->benchmark[at].has_cost)
            return json_array_get(json_object_get(json_array_get(runs, i), "benchmarks"), (size_t)at);
    }
    return NULL;
}

static int judge_moved(struct pair *p)
{
    const json_t *base = first_boot(p, 0), *now = first_boot(p, 1);
    char why[COMPARABLE_WHY];
    for (size_t i = 0; i < p->into->findings; i++)
        if (p->into->finding[i].metric <= METRIC_MAX && p->into->finding[i].verdict != VERDICT_SAME)
            return 0;
    if (!p->exact || !comparable_samples(p->cell[0], p->cell[1], why, sizeof(why)))
        return 0;
    double moved = base && now ? compare_moved(base, now) : 0;
    if (moved <= 0)
        return 0;
    struct finding *f = add(p, METRIC_MOVED, names[METRIC_MOVED], "samples");
    if (!f)
        return -1;
    f->now = moved;
    f->verdict = judge_exact(0, moved, BETTER_LOWER, &f->limit);
    weigh_before(p, f);
    return 0;
}

/* --- entries by kind --------------------------------------------------------- */

static const struct model_kind *find_kind(const struct model_cell *cell, enum pvb_class class, const char *name)
{
    for (size_t i = 0; i < cell->kinds; i++)
        if (cell->kind[i].class == class && strcmp(cell->kind[i].name, name) == 0)
            return &cell->kind[i];
    return NULL;
}

static int kind_finding(struct pair *p, enum metric metric, enum pvb_class class, const char *name, const char *unit,
                        double base, double now)
{
    struct finding *f = add(p, metric, name, unit);
    if (!f)
        return -1;
    f->class = class;
    f->base = base;
    f->now = now;
    f->verdict = judge_exact(base, now, BETTER_LOWER, &f->limit);
    return 0;
}

static double detail_rate(const struct model_kind *kind, const char *name)
{
    for (size_t i = 0; kind && i < kind->sample->details; i++)
        if (strcmp(kind->sample->detail[i].name, name) == 0 && kind->count > 0)
            return kind->sample->detail[i].count / kind->sample->count * kind->per_operation;
    return 0;
}

static int details(struct pair *p, const struct model_kind *old, const struct model_kind *new)
{
    for (int side = 0; side < 2; side++) {
        const struct model_kind *kind = side ? new : old;
        for (size_t i = 0; kind && i < kind->sample->details; i++) {
            char name[140];
            const char *detail = kind->sample->detail[i].name;
            double base = detail_rate(old, detail), now = detail_rate(new, detail);
            if ((side && base > 0) || judge_exact(base, now, BETTER_LOWER, &(struct limit){0}) == VERDICT_SAME)
                continue;
            text_format(name, sizeof(name), "%s/%s", kind->name, detail);
            if (kind_finding(p, METRIC_DETAIL, kind->class, name, "entries", base, now))
                return -1;
        }
    }
    return 0;
}

/* old, new: NULL where the kind was not entered; any: one that is not. */
static int kind(struct pair *p, const struct model_kind *any, const struct model_kind *old,
                const struct model_kind *new)
{
    char name[140];
    if (kind_finding(p, METRIC_KIND, any->class, any->name, "entries", old ? old->per_operation : 0,
                     new ? new->per_operation : 0))
        return -1;
    if (details(p, old, new))
        return -1;
    if (!old || !new || !old->unit || !new->unit || strcmp(old->unit, new->unit) != 0 || !old->exact || !new->exact)
        return 0;
    char why[COMPARABLE_WHY];
    if ((old->min != old->max || new->min != new->max) && !comparable_samples(p->cell[0], p->cell[1], why, sizeof(why)))
        return 0; /* a mixture in other parts */
    text_format(name, sizeof(name), "%s's handler", any->name);
    return kind_finding(p, METRIC_HANDLER, any->class, name, new->unit, old->mean, new->mean);
}

/* Where counts vary between boots, the total is tested, and the kinds are left out: each would be one more question. */
static int kinds(struct pair *p)
{
    const struct finding *total = compare_finding(p->into, METRIC_ENTRIES);
    if (!total || !total->exact || p->cell[0]->entries_differ || p->cell[1]->entries_differ || *total->why)
        return 0;
    for (size_t i = 0; i < p->cell[0]->kinds; i++) {
        const struct model_kind *old = &p->cell[0]->kind[i];
        if (kind(p, old, old, find_kind(p->cell[1], old->class, old->name)))
            return -1;
    }
    for (size_t i = 0; i < p->cell[1]->kinds; i++) {
        const struct model_kind *new = &p->cell[1]->kind[i];
        if (!find_kind(p->cell[0], new->class, new->name) && kind(p, new, NULL, new))
            return -1;
    }
    return 0;
}

/* In the lab the first operation is as exact as the others. */
static int cold_kinds(struct pair *p)
{
    struct compare_cold found[COMPARE_COLD_MAX];
    double totals[2] = {0, 0}, operations[2] = {p->cell[0]->operations, p->cell[1]->operations};
    char why[COMPARABLE_WHY];
    if (!p->exact || !comparable_colds(p->cell[0], p->cell[1], why, sizeof(why)))
        return 0;
    size_t n = compare_cold(first_boot(p, 0), first_boot(p, 1), found, totals);
    if (n && kind_finding(p, METRIC_COLD_ENTRIES, found[0].class, "cold entries", "entries", totals[0] / operations[0],
                          totals[1] / operations[1]))
        return -1;
    for (size_t i = 0; i < n; i++) {
        char name[140];
        text_format(name, sizeof(name), "cold %s", found[i].name);
        if (kind_finding(p, METRIC_COLD_KIND, found[i].class, name, "entries", found[i].base / operations[0],
                         found[i].now / operations[1]))
            return -1;
    }
    return 0;
}

int compare_cells(struct comparison *c, struct compare_cell *into, const struct model_place *base,
                  const struct model_place *now, const struct limits *limits)
{
    struct pair p = {
        c,           into,
        {base, now}, {model_at(base->in, base->row, base->column), model_at(now->in, now->row, now->column)},
        limits,      false};
    char why[COMPARABLE_WHY];
    p.exact = p.cell[0]->has_cost && p.cell[1]->has_cost && p.cell[0]->exact && p.cell[1]->exact &&
              comparable_costs(p.cell[0], p.cell[1], why, sizeof(why));
    for (enum metric metric = METRIC_COST; metric <= METRIC_ENTRIES; metric++)
        if (judge_metric(&p, metric))
            return -1;
    c->after_others +=
        p.cell[0]->has_cold && p.cell[1]->has_cold && !comparable_colds(p.cell[0], p.cell[1], why, sizeof(why));
    return judge_moved(&p) || kinds(&p) || cold_kinds(&p) ? -1 : 0;
}
