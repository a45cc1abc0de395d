/* report_cell.c: one cell and its footnotes; report_cell.h says why. */
#include "reports/print/report_cell.h"
#include "reports/common/number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define NEARLY_ALL .99
/* More values than these, and so many of them so near: their range is of less interest than the others', which are
 * many. */
#define FEW  8
#define MOST 0.9
#define NEAR 0.02

static const char *reason_of(const char *reason)
{
    return *reason ? reason : "the result gives no reason";
}

static const char *in_words(const char *status)
{
    return strcmp(status, "not_applicable") == 0 ? "not applicable" : status;
}

const char *cell_absence(const struct model_cell *cell, bool *bad)
{
    *bad = false;
    if (!cell->any)
        return "–";
    if (cell->boots)
        return cell->has_cost ? NULL : "–";
    if (strcmp(cell->any->status, "not_applicable") == 0)
        return "n/a";
    *bad = strcmp(cell->any->status, "skipped") != 0;
    return cell->any->status;
}

static void absence_note(const struct model_cell *cell, struct notes *notes, struct notes_marks *marks)
{
    if (!cell->any)
        notes_add(notes, marks, "not in this column's runs");
    else if (!cell->boots)
        notes_add(notes, marks, "%s: %s", in_words(cell->any->status), reason_of(cell->any->reason));
    else
        notes_add(notes, marks, "no cost: %s", reason_of(result_why(cell->any, "cost")));
}

/* How many of its samples lie near the median of the boot that has the distribution. */
static double samples_near(const struct result_cost *c)
{
    size_t i;
    json_t *pair;
    double near = 0;
    json_array_foreach(c->distribution, i, pair)
    {
        const double value = json_number_value(json_array_get(pair, 0)),
                     count = json_number_value(json_array_get(pair, 1));
        near += fabs(value - c->median) <= NEAR * c->median ? count : 0;
    }
    return near;
}

/* Many values, none of which most samples have, but most of them near. */
static bool is_crowded(const struct model_cell *cell)
{
    const struct result_cost *c = cell->measured ? &cell->measured->cost : NULL;
    return c && cell->distinct > FEW && cell->at_median < MOST * cell->samples && samples_near(c) >= MOST * c->samples;
}

/* "; the mean is 283.1", where it disagrees with the median that stands in the cell. */
static void mean_words(const struct model_cell *cell, char *into, size_t size)
{
    char mean[NUMBER_SIZE];
    into[0] = 0;
    number_cost(mean, cell->mean, true);
    if (model_mean_disagrees(cell->cost, cell->mean))
        snprintf(into, size, "; the mean is %s", mean);
}

/* "; its kernel's clock interrupted 6 times": in as many samples, or fewer. */
static void clock_words(const struct model_cell *cell, char *into, size_t size)
{
    const uint64_t n = cell->measured ? cell->measured->clock_interrupts : 0;
    into[0] = 0;
    if (n)
        snprintf(into, size, "; its kernel's clock interrupted %" PRIu64 " time%s", n, n == 1 ? "" : "s");
}

/* What nearly all samples agree on needs no range of its own: a host's tick in one of a thousand is in most cells. */
static void spread_note(const struct model_cell *cell, struct notes *notes, struct notes_marks *marks)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE], count[64] = "", mean[NUMBER_SIZE + 20], clock[64];
    mean_words(cell, mean, sizeof(mean));
    clock_words(cell, clock, sizeof(clock));
    if (cell->at_median < cell->samples && cell->at_median >= NEARLY_ALL * cell->samples) {
        notes_add(notes, marks,
                  "nearly constant: at least %.0f %% of the samples are the median; the others are in the result's "
                  "distribution%s%s",
                  100 * NEARLY_ALL, mean, clock);
        return;
    }
    if (is_crowded(cell)) {
        notes_add(notes, marks, "not constant: at least %.0f %% of the samples lie within %.0f %% of the median%s%s",
                  100 * MOST, 100 * NEAR, mean, clock);
        return;
    }
    number_cost(low, cell->low, true);
    number_cost(high, cell->high, true);
    if (cell->distinct)
        snprintf(count, sizeof(count), ", %zu distinct values", cell->distinct);
    notes_add(notes, marks,
              cell->at_median > 0 ? "not constant: %s..%s%s%s%s; %.0f of %.0f samples are the median"
                                  : "not constant: %s..%s%s%s%s",
              low, high, count, mean, clock, cell->at_median, cell->samples);
}

static void cost_notes(const struct model_column *c, const struct model_cell *cell, struct notes *notes,
                       struct notes_marks *marks)
{
    const char *measures = cell->any->cost.measures;
    char low[NUMBER_SIZE + 20], high[NUMBER_SIZE];
    if (cell->bad)
        notes_add(notes, marks, "%u of %u boots did not measure it: %s: %s", cell->bad, cell->bad + cell->boots,
                  in_words(cell->lost->status), reason_of(cell->lost->reason));
    if (c->exact && cell->boot[0] != cell->boot[cell->costs - 1]) {
        number_cost(low, cell->boot[0], true);
        number_cost(high, cell->boot[cell->costs - 1], true);
        notes_add(notes, marks, "the boots differ: medians of %s..%s in %u boots, though the cost is exact", low, high,
                  cell->costs);
    }
    if (c->exact && (cell->distinct > 1 || cell->distinct == 0))
        spread_note(cell, notes, marks);
    mean_words(cell, low, sizeof(low));
    if (!c->exact && *low)
        notes_add(notes, marks, "%s", low + strlen("; "));
    if (!c->exact && !cell->has_interval)
        notes_add(notes, marks, "no 95 %% interval: it needs 6 boots, and there are %u", cell->costs);
    if (result_times_a_part(&cell->any->cost))
        notes_add(notes, marks, "measured: %.200s", measures);
}

void cell_cost(const struct model *m, unsigned column, size_t row, struct notes *notes, struct table *t, size_t at_row,
               unsigned at_column)
{
    const struct model_cell *cell = model_at(m, row, column);
    const struct model_column *c = &m->column[column];
    char cost[NUMBER_SIZE];
    bool bad;
    const char *absence = cell_absence(cell, &bad);
    if (absence) {
        struct table_cell *out = table_set(t, at_row, at_column, "%s", absence);
        out->bad = bad;
        absence_note(cell, notes, &out->marks);
        return;
    }
    number_cost(cost, cell->cost, c->exact);
    struct table_cell *out = table_set(t, at_row, at_column, "%s", cost);
    if (!c->exact && cell->has_interval && cell->cost > 0) {
        double above = cell->interval_high - cell->cost, below = cell->cost - cell->interval_low;
        out = table_set(t, at_row, at_column, "%s ±%.0f%%", cost, ceil(100 * fmax(above, below) / cell->cost));
    }
    out->ordered = true;
    out->order = cell->cost;
    cost_notes(c, cell, notes, &out->marks);
}

void cell_cold(const struct model *m, unsigned column, size_t row, struct notes *notes, struct table *t, size_t at_row,
               unsigned at_column)
{
    const struct model_cell *cell = model_at(m, row, column);
    char cost[NUMBER_SIZE];
    if (!cell->boots)
        return; /* its cost says why */
    if (!cell->has_cold) {
        struct table_cell *out = table_set(t, at_row, at_column, "–");
        notes_add(notes, &out->marks, "no cold cost: %s", reason_of(result_why(cell->any, "cold.cost")));
        return;
    }
    number_cost(cost, cell->cold, m->column[column].exact);
    struct table_cell *out = table_set(t, at_row, at_column, "%s", cost);
    out->ordered = true;
    out->order = cell->cold;
}

void cell_classes(const struct model_cell *cell, char *into, size_t size)
{
    /* In the order in which an event is handled. */
    static const struct {
        enum pvb_class class;
        char letter;
    } order[] = {{PVB_CLASS_FORWARD, 'F'}, {PVB_CLASS_HYPERCALL, 'H'}, {PVB_CLASS_EMULATE, 'E'}, {PVB_CLASS_EXIT, 'X'}};
    snprintf(into, size, "0");
    for (size_t i = 0, used = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        char number[NUMBER_SIZE];
        double count = cell->per_operation[order[i].class];
        if (count <= 0)
            continue;
        number_entries(number, count);
        snprintf(into + used, size - used, "%s%c%s", used ? " " : "", order[i].letter, number);
        used = strlen(into);
    }
}

void cell_entries(const struct model *m, unsigned column, size_t row, struct notes *notes, struct table *t,
                  size_t at_row, unsigned at_column)
{
    const struct model_cell *cell = model_at(m, row, column);
    char classes[4 * NUMBER_SIZE];
    double other = 0;
    if (!cell->boots)
        return;
    if (!cell->has_entries) {
        struct table_cell *out = table_set(t, at_row, at_column, "–");
        notes_add(notes, &out->marks, "entries not counted: %s", reason_of(result_why(cell->any, "entries")));
        return;
    }
    cell_classes(cell, classes, sizeof(classes));
    struct table_cell *out = table_set(t, at_row, at_column, "%s", classes);
    out->ordered = true;
    out->order = cell->entries;
    for (size_t i = 0; i < cell->kinds; i++)
        other += strcmp(cell->kind[i].name, "other") == 0 ? cell->kind[i].count : 0;
    if (other > 0)
        notes_add(notes, &out->marks, "%.0f entries are of a kind that has no name (other)", other);
    if (cell->missing != 0)
        notes_add(notes, &out->marks, "the total says %.0f entries %s than the kinds add up to", fabs(cell->missing),
                  cell->missing > 0 ? "more" : "fewer");
    if (cell->entries_differ)
        notes_add(notes, &out->marks, "the mean of %u boots, whose entries differ", cell->counted);
    if (cell->counted < cell->boots)
        notes_add(notes, &out->marks, "counted in %u of %u boots", cell->counted, cell->boots);
}

double cell_handlers(const struct model_cell *cell)
{
    double sum = 0;
    for (size_t i = 0; i < cell->kinds; i++) {
        const struct model_kind *k = &cell->kind[i];
        if (!k->unit || strcmp(k->unit, cell->unit) != 0)
            return 0;
        sum += k->mean * k->per_operation;
    }
    return sum;
}

bool cell_is_watched(const struct model_cell *cell)
{
    return cell->has_cost && cell->mean > 0 && cell_handlers(cell) > cell->mean &&
           !result_times_a_part(&cell->any->cost);
}

const char *cell_watching(const struct model *m, unsigned column)
{
    static const char *const words[][2] = {
        {"xen", "handlers are timed in a start of their own, in which Xen writes records of each entry into its trace; "
                "costs are those of a start that nobody watches"},
        {"kvm", "handlers are timed in a start of their own, in which probes run at each entry; costs are those of a "
                "start that nobody watches"}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(m->column[column].hypervisor, words[i][0]) == 0)
            return words[i][1];
    return "what times the handlers makes them longer, and is not in the cost";
}

void cell_column_notes(const struct model *m, unsigned column, struct notes *notes, struct notes_marks *marks)
{
    const struct model_column *c = &m->column[column];
    bool builds = false;
    for (size_t i = 0; i < m->result->runs; i++) {
        const struct result_run *run = &m->result->run[i];
        if (strcmp(run->setting, c->setting) != 0)
            continue;
        builds =
            builds || strcmp(run->sha256, c->run->sha256) != 0 || strcmp(run->guest_sha256, c->run->guest_sha256) != 0;
        if (strcmp(run->status, "ok") != 0)
            notes_add(notes, marks, "boot %" PRIu64 ": %s: %s", run->boot, run->status, reason_of(run->reason));
    }
    if (builds)
        notes_add(notes, marks, "the boots are of different builds of the hypervisor or the guest");
    if (c->mixed_units)
        notes_add(notes, marks, "the boots have costs in different units, so they cannot be put together");
}
