/* model.c: runs become rows and columns; model.h says which. */
#include "common/text.h"
#include "common/memory.h"
#include "reports/result/model.h"

#include "reports/stats/stats.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model_cell *model_at(const struct model *m, size_t row, unsigned column)
{
    return &m->cell[row * m->columns + column];
}

static bool same_place(const struct model_column *c, const struct result_run *run)
{
    return strcmp(c->hypervisor, run->hypervisor) == 0 && strcmp(c->machine, run->machine) == 0;
}

static int find_column(const struct model *m, const struct result_run *run)
{
    for (unsigned i = 0; i < m->columns; i++)
        if (strcmp(m->column[i].setting, run->setting) == 0)
            return (int)i;
    return -1;
}

#define NATIVE "native" /* the hypervisor of a result that has none */

/* Behind the last column of the same hypervisor and machine, else at the end. */
static int add_column(struct model *m, const struct result_run *run)
{
    unsigned at = m->columns;
    if (m->columns == MODEL_COLUMNS_MAX)
        return -1;
    for (unsigned i = 0; i < m->columns; i++)
        if (same_place(&m->column[i], run))
            at = i + 1;
    memmove(&m->column[at + 1], &m->column[at], (m->columns - at) * sizeof(m->column[0]));
    m->column[at] = (struct model_column){run->setting, run->hypervisor, run->mode, run->machine, run, "", true, false};
    m->columns++;
    return 0;
}

/* Which modes are held against each other: the first of each list that a group has. */
static const struct {
    const char *name, *over[3], *under[2];
} pairs[] = {
    {"pv/hvm", {"pv"}, {"hvm"}},   {"pv/emulated", {"hvm+pv", "pv+pv", "pv"}, {"hvm+emulated"}},
    {"pvh/pv", {"pvh"}, {"pv"}},   {"pvh/pv", {"pvh+pv"}, {"pv+pv"}},
    {"pvh/hvm", {"pvh"}, {"hvm"}}, {"pvh/hvm", {"pvh+pv"}, {"hvm+pv"}},
};

/* The first of the modes that there is, or -1. */
static int column_of(const struct model *m, const struct model_group *g, const char *const *mode, size_t modes)
{
    for (size_t i = 0; i < modes && mode[i]; i++)
        for (unsigned c = g->first; c < g->first + g->count; c++)
            if (strcmp(m->column[c].mode, mode[i]) == 0)
                return (int)c;
    return -1;
}

static void make_pairs(const struct model *m, struct model_group *g)
{
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        int over = column_of(m, g, pairs[i].over, 3), under = column_of(m, g, pairs[i].under, 2);
        if (over >= 0 && under >= 0 && g->pairs < MODEL_PAIRS_MAX)
            g->pair[g->pairs++] = (struct model_pair){(unsigned)over, (unsigned)under, pairs[i].name};
    }
}

static void make_groups(struct model *m)
{
    for (unsigned i = 0; i < m->columns; i++) {
        struct model_group *g = m->groups ? &m->group[m->groups - 1] : NULL;
        const struct model_column *c = &m->column[i];
        if (!g || !same_place(&m->column[g->first], c->run)) {
            g = &m->group[m->groups++];
            *g = (struct model_group){.first = i};
        }
        g->count++;
    }
    for (unsigned i = 0; i < m->groups; i++)
        make_pairs(m, &m->group[i]);
}

/* Most runs have the same rows in the same order: `hint` is looked at first. */
static long find_row(const struct model *m, const struct result_benchmark *b, size_t hint)
{
    for (size_t i = 0; i < m->rows + 1; i++) {
        size_t at = i ? i - 1 : hint;
        if (at < m->rows && m->row[at].parameter == b->parameter && strcmp(m->row[at].name, b->name) == 0)
            return (long)at;
    }
    return -1;
}

static void label_of(const struct result_benchmark *b, char into[MODEL_LABEL])
{
    text_format(into, MODEL_LABEL, b->parameter ? "%s/%" PRIu64 : "%s", b->name, b->parameter);
}

static bool takes(const struct model *m, const struct result_benchmark *b)
{
    char label[MODEL_LABEL];
    if (!filter_is_set(m->filter))
        return true;
    label_of(b, label);
    return filter_takes_workload(m->filter, label);
}

static int add_row(struct model *m, const struct result_benchmark *b)
{
    if (!takes(m, b))
        return 0;
    if (m->rows == MODEL_ROWS_MAX)
        return -1;
    if (!m->row && !(m->row = calloc(MODEL_ROWS_MAX, sizeof(*m->row))))
        out_of_memory();
    struct model_row *row = &m->row[m->rows++];
    row->name = b->name;
    row->subsystem = b->subsystem;
    row->parameter = b->parameter;
    label_of(b, row->label);
    return 0;
}

static int make_axes(struct model *m, const char *path, struct report_error *e)
{
    for (size_t i = 0; i < m->result->runs; i++) {
        const struct result_run *run = &m->result->run[i];
        int column = find_column(m, run);
        if (!filter_takes_guest(m->filter, run->hypervisor, run->mode))
            continue;
        if (column < 0 && add_column(m, run))
            return report_fail(
                e, "%s: runs[%zu]: is one of more than %d hypervisors, modes and machines; split the result", path, i,
                MODEL_COLUMNS_MAX);
        struct model_column *c = &m->column[find_column(m, run)];
        /* A boot that never was says nothing about the hypervisor. */
        if (strcmp(c->run->status, "ok") != 0 && strcmp(run->status, "skipped") != 0)
            c->run = run;
        for (size_t j = 0; j < run->benchmarks; j++)
            if (find_row(m, &run->benchmark[j], j) < 0 && add_row(m, &run->benchmark[j]))
                return report_fail(e,
                                   "%s: runs[%zu].benchmarks[%zu]: is one of more than %d workloads; split the suite",
                                   path, i, j, MODEL_ROWS_MAX);
    }
    make_groups(m);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int take_cost(struct model_column *column, struct model_cell *cell, const struct result_benchmark *b)
{
    const struct result_cost *c = &b->cost;
    double n = b->operations, *more = realloc(cell->boot, (cell->costs + 1) * sizeof(*more));
    if (!more)
        return -1;
    cell->boot = more;
    cell->mixed = cell->mixed || (cell->has_cost && !comparable_definitions(cell->measured, b));
    cell->measured = b;
    cell->unit = c->unit;
    cell->exact = (!cell->has_cost || cell->exact) && c->exact;
    cell->mean += (c->mean / n - cell->mean) / (cell->costs + 1);
    cell->trimmed += (c->trimmed / n - cell->trimmed) / (cell->costs + 1);
    more[cell->costs++] = c->median / n;
    column->mixed_units = column->mixed_units || (*column->unit && strcmp(column->unit, c->unit) != 0);
    column->unit = c->unit;
    column->exact = column->exact && c->exact;
    if (!cell->has_cost || c->min / n < cell->low)
        cell->low = c->min / n;
    if (!cell->has_cost || c->max / n > cell->high)
        cell->high = c->max / n;
    if (c->distinct >= cell->distinct) {
        cell->distinct = c->distinct;
        cell->at_median = c->at_median;
        cell->samples = c->samples;
    }
    cell->has_cost = true;
    return 0;
}

static struct model_kind *kind_of(struct model_cell *cell, const struct result_kind *k)
{
    for (size_t i = 0; i < cell->kinds; i++)
        if (cell->kind[i].class == k->class && strcmp(cell->kind[i].name, k->name) == 0)
            return &cell->kind[i];
    struct model_kind *more = realloc(cell->kind, (cell->kinds + 1) * sizeof(*more));
    if (!more)
        return NULL;
    cell->kind = more;
    more[cell->kinds] = (struct model_kind){.class = k->class, .name = k->name, .exact = true};
    return &more[cell->kinds++];
}

static void add_kind_cost(struct model_kind *into, const struct result_kind *k)
{
    if (!k->unit || (into->unit && strcmp(into->unit, k->unit) != 0))
        return;
    if (!into->unit || k->min < into->min)
        into->min = k->min;
    if (!into->unit || k->max > into->max)
        into->max = k->max;
    if (into->count + k->count > 0) {
        into->mean = (into->mean * into->count + k->mean * k->count) / (into->count + k->count);
        into->trimmed = (into->trimmed * into->count + k->trimmed * k->count) / (into->count + k->count);
    }
    into->exact = into->exact && k->exact;
    into->unit = k->unit;
}

static int take_entries(struct model_cell *cell, const struct result_benchmark *b)
{
    double sum = 0, operations = b->iterations * b->operations;
    for (size_t i = 0; i < b->entries.kinds; i++) {
        const struct result_kind *k = &b->entries.kind[i];
        struct model_kind *into = kind_of(cell, k);
        if (!into)
            return -1;
        double rate = k->count / operations;
        into->least = into->boots && into->least < rate ? into->least : rate;
        into->most = into->boots && into->most > rate ? into->most : rate;
        into->boots++;
        add_kind_cost(into, k);
        into->count += k->count;
        into->sample = k;
        sum += k->count;
    }
    if (b->entries.total >= 0)
        cell->missing += b->entries.total - sum;
    cell->has_entries = true;
    cell->counted++;
    cell->all_operations += operations;
    return 0;
}

/* One sum of all boots, so that boots that began otherwise are seen. */
static void add_before(struct model_cell *cell, const struct result_run *run, const struct result_benchmark *b)
{
    struct comparable_before before;
    comparable_before(&before, run, b);
    if (cell->boots == 1)
        cell->before = before;
    else if (before.sum != cell->before.sum)
        cell->before.sum = cell->before.sum * 31 + before.sum;
}

static int take(struct model_column *column, struct model_cell *cell, const struct result_run *run,
                const struct result_benchmark *b)
{
    if (strcmp(b->status, "ok") != 0) {
        cell->lost = cell->lost ? cell->lost : b;
        cell->any = cell->any ? cell->any : b;
        cell->bad++;
        return 0;
    }
    cell->any = b;
    cell->boots++;
    cell->unit = cell->unit ? cell->unit : ""; /* of one that has no cost in any boot, too */
    cell->operations = b->operations;
    add_before(cell, run, b);
    if (b->has_cold && !cell->has_cold)
        cell->cold = b->cold / b->operations;
    cell->has_cold = cell->has_cold || b->has_cold;
    if (b->has_cost && take_cost(column, cell, b))
        return -1;
    return b->entries.known ? take_entries(cell, b) : 0;
}

static void finish(struct model_cell *cell)
{
    if (cell->costs) {
        qsort(cell->boot, cell->costs, sizeof(*cell->boot), by_value);
        cell->cost = stats_median(cell->boot, cell->costs);
        struct stats_interval interval = stats_median_interval(cell->boot, cell->costs, 0.95);
        cell->has_interval = interval.known;
        cell->interval_low = interval.low;
        cell->interval_high = interval.high;
    }
    for (size_t i = 0; i < cell->kinds; i++) {
        struct model_kind *k = &cell->kind[i];
        k->per_operation = k->count / cell->all_operations;
        cell->per_operation[k->class] += k->per_operation;
        cell->entries += k->per_operation;
        cell->entries_differ = cell->entries_differ || k->least != k->most || k->boots != cell->counted;
    }
}

static int fill_run(struct model *m, const struct result_run *run, unsigned column)
{
    for (size_t j = 0; j < run->benchmarks; j++) {
        const struct result_benchmark *b = &run->benchmark[j];
        long row = find_row(m, b, j);
        if (row >= 0 && take(&m->column[column], model_at(m, (size_t)row, column), run, b))
            return -1;
    }
    return 0;
}

static int fill(struct model *m)
{
    for (size_t i = 0; i < m->result->runs; i++) {
        const struct result_run *run = &m->result->run[i];
        int column = find_column(m, run);
        if (column >= 0 && fill_run(m, run, (unsigned)column))
            return -1;
    }
    for (size_t i = 0; i < m->rows * m->columns; i++)
        finish(&m->cell[i]);
    return 0;
}

int model_make(struct model *m, const struct result *result, struct filter *filter, const char *path,
               struct report_error *e)
{
    *m = (struct model){.result = result, .filter = filter};
    if (make_axes(m, path, e)) {
        model_free(m);
        return -1;
    }
    const size_t cells = m->rows * m->columns;
    m->cell = calloc(cells ? cells : 1, sizeof(*m->cell));
    if (!m->cell || fill(m)) {
        model_free(m);
        return report_fail(e, "%s: is too large for this computer's memory; split the suite", path);
    }
    return 0;
}

bool model_has(const struct model *m, const struct result_run *run, const struct result_benchmark *b)
{
    return !filter_is_set(m->filter) || (find_column(m, run) >= 0 && find_row(m, b, 0) >= 0);
}

void model_free(struct model *m)
{
    for (size_t i = 0; m->cell && i < m->rows * m->columns; i++) {
        free(m->cell[i].kind);
        free(m->cell[i].boot);
    }
    free(m->cell);
    free(m->row);
    *m = (struct model){0};
}

int model_subtract_empty(struct model *m)
{
    int found = -1;
    for (unsigned column = 0; column < m->columns; column++) {
        const struct model_cell *empty = NULL;
        for (size_t row = 0; row < m->rows && !empty; row++)
            if (strcmp(m->row[row].name, "empty") == 0 && model_at(m, row, column)->has_cost)
                empty = model_at(m, row, column);
        for (size_t row = 0; row < m->rows && empty; row++) {
            struct model_cell *cell = model_at(m, row, column);
            double loop = cell->operations > 0 ? empty->cost * empty->operations / cell->operations : 0;
            if (cell == empty || !cell->has_cost)
                continue;
            cell->cost -= loop;
            cell->low -= loop;
            cell->high -= loop;
            cell->mean -= loop;
            cell->trimmed -= loop;
            for (unsigned i = 0; i < cell->costs; i++)
                cell->boot[i] -= loop;
            cell->interval_low -= loop;
            cell->interval_high -= loop;
        }
        found = empty ? 0 : found;
    }
    return found;
}

bool model_one_unit(const struct model *m, const char **unit)
{
    *unit = "";
    for (unsigned i = 0; i < m->columns; i++) {
        if (m->column[i].mixed_units || (**unit && *m->column[i].unit && strcmp(*unit, m->column[i].unit) != 0))
            return false;
        if (*m->column[i].unit)
            *unit = m->column[i].unit;
    }
    return **unit != 0;
}

/* The one that is nearer to 1, where both are on one side of it. */
static double held(double median, double mean)
{
    if ((median > 1) != (mean > 1))
        return 1;
    return median > 1 ? fmin(median, mean) : fmax(median, mean);
}

bool model_over(const struct model *m, size_t row, unsigned column, unsigned base, struct model_ratio *ratio)
{
    const struct model_cell *over = model_at(m, row, column), *under = model_at(m, row, base);
    char why[COMPARABLE_WHY];
    if (!over->has_cost || !under->has_cost || !comparable_costs(under, over, why, sizeof(why)))
        return false;
    if (over->cost <= 0 || under->cost <= 0)
        return false;
    ratio->median = over->cost / under->cost;
    ratio->mean = over->mean > 0 && under->mean > 0 ? over->mean / under->mean : 0;
    ratio->held = ratio->mean > 0 ? held(ratio->median, ratio->mean) : ratio->median;
    return true;
}

bool model_ratio(const struct model *m, const struct model_pair *pair, size_t row, struct model_ratio *ratio)
{
    return model_over(m, row, pair->over, pair->under, ratio);
}

bool model_mean_disagrees(double median, double mean)
{
    const double apart = median > 0 && mean > 0 ? median / mean : 1;
    return apart > MODEL_MEAN_APART || apart < 1 / MODEL_MEAN_APART;
}

void model_mode(const struct model *m, unsigned column, char into[MODEL_MODE])
{
    text_format(into, MODEL_MODE, "%s", m->column[column].mode);
    for (char *at = into; *at && *at != '+'; at++)
        *at = (char)toupper((unsigned char)*at);
}

bool model_is_native(const struct model *m, unsigned column)
{
    return strcmp(m->column[column].hypervisor, NATIVE) == 0;
}

int model_native(const struct model *m, unsigned column)
{
    for (unsigned i = 0; i < m->columns && !model_is_native(m, column); i++)
        if (model_is_native(m, i) && strcmp(m->column[i].machine, m->column[column].machine) == 0)
            return (int)i;
    return -1;
}

const json_t *model_document(const struct model *m, size_t row, unsigned column)
{
    const struct result *r = m->result;
    const json_t *runs = json_object_get(r->document, "runs");
    for (size_t i = 0; i < r->runs; i++)
        for (size_t j = 0; j < r->run[i].benchmarks; j++)
            if (&r->run[i].benchmark[j] == model_at(m, row, column)->any)
                return json_array_get(json_object_get(json_array_get(runs, i), "benchmarks"), j);
    return NULL;
}

json_t *model_unavailable(const struct model *m)
{
    json_t *said = json_object(), *reason;
    const char *key;
    for (size_t i = 0; i < m->result->runs; i++)
        for (size_t j = 0; j < m->result->run[i].benchmarks; j++)
            json_object_foreach((json_t *)m->result->run[i].benchmark[j].unavailable, key, reason)
            {
                if (model_has(m, &m->result->run[i], &m->result->run[i].benchmark[j]) && strcmp(key, "cost") != 0 &&
                    strcmp(key, "entries") != 0 && !json_object_get(said, key))
                    json_object_set(said, key, reason);
            }
    return said;
}
