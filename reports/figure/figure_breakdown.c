/*
 * figure_breakdown.c: what an operation's cost consists of: the guest's own
 * work, the transitions into the hypervisor and back, the hypervisor's handlers.
 *
 * Only the handlers are measured by themselves. A transition is what the
 * cheapest operation with a single entry costs beside its handler and the
 * empty loop: an upper bound, since that operation's own instructions are in it.
 * The guest's part is the rest. Where handlers were not timed, or take longer
 * in the start in which they are watched than the whole operation in the one
 * in which nobody watches (Xen's trace slows them down), there is nothing to
 * split, and the figure says so. Means are trimmed, since a stray in one of the
 * two starts is none in the other.
 */
#include "reports/common/number.h"
#include "common/memory.h"
#include "reports/figure/figure_bars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BREAKDOWN_PIECES = 3 };

static const struct figure_key keys[BREAKDOWN_PIECES] = {{"guest's own work", "#f3e3b3", "solid 1", 0},
                                                         {"transitions (estimate)", "#7fa8a0", "solid 1", 0},
                                                         {"hypervisor's handlers (measured)", "#0b3c6f", "solid 1", 0}};

enum split { SPLIT, SPLIT_NO_COST, SPLIT_UNTIMED, SPLIT_OTHER_BOOT };

/* The handlers' part of an operation. */
static enum split handlers_of(const struct model *m, size_t row, unsigned column, double *handlers)
{
    const struct model_cell *cell = model_at(m, row, column);
    *handlers = 0;
    if (!cell->has_cost || !cell->has_entries || result_times_a_part(&cell->any->cost))
        return SPLIT_NO_COST;
    for (size_t i = 0; i < cell->kinds; i++) {
        const struct model_kind *k = &cell->kind[i];
        if (!k->unit || strcmp(k->unit, m->column[column].unit) != 0)
            return SPLIT_UNTIMED;
        *handlers += k->trimmed * k->per_operation;
    }
    return *handlers > cell->trimmed ? SPLIT_OTHER_BOOT : SPLIT;
}

/* What keeps a whole column from being split, and an entry's transition where nothing does. */
struct column {
    enum split split;
    bool calibrated, other_start; /* other_start: some handlers take longer than what they are part of */
    double transition;
};

static double empty_cost(const struct model *m, unsigned column)
{
    for (size_t row = 0; row < m->rows; row++)
        if (strcmp(m->row[row].name, "empty") == 0 && model_at(m, row, column)->has_cost)
            return model_at(m, row, column)->cost;
    return 0;
}

static struct column examine(const struct model *m, unsigned column)
{
    struct column c = {.split = SPLIT};
    for (size_t row = 0; row < m->rows; row++) {
        const struct model_cell *cell = model_at(m, row, column);
        double handlers;
        enum split split = handlers_of(m, row, column, &handlers);
        if (split == SPLIT_UNTIMED) {
            c.split = split;
            return c;
        }
        c.other_start = c.other_start || split == SPLIT_OTHER_BOOT;
        if (split != SPLIT || cell->entries != 1 || cell->operations != 1)
            continue;
        double rest = cell->trimmed - handlers - empty_cost(m, column);
        if (rest > 0 && (!c.calibrated || rest < c.transition))
            c.transition = rest;
        c.calibrated = c.calibrated || rest > 0;
    }
    if (c.other_start && !c.calibrated)
        c.split = SPLIT_OTHER_BOOT;
    return c;
}

/* A row in which some column enters the hypervisor and can be split. */
static bool worth_a_row(const struct model *m, const struct column *columns, size_t row)
{
    for (unsigned c = 0; c < m->columns; c++) {
        double handlers;
        if (columns[c].split == SPLIT && handlers_of(m, row, c, &handlers) == SPLIT &&
            model_at(m, row, c)->entries > 0 && model_at(m, row, c)->trimmed > 0)
            return true;
    }
    return false;
}

/* `trimmed` becomes true when the estimated transitions were more than what the handlers leave. */
static void fill(struct bar *bar, const struct model *m, const struct column *column, bool *trimmed)
{
    const struct model_cell *cell = model_at(m, bar->row, bar->column);
    char number[NUMBER_SIZE];
    double handlers;
    enum split split = handlers_of(m, bar->row, bar->column, &handlers);
    bar->drawn = split == SPLIT && cell->trimmed > 0;
    if (!bar->drawn) {
        figure_value_text(m, bar->row, bar->column, number, sizeof(number));
        snprintf(bar->text, sizeof(bar->text), "%s%.24s", cell->has_cost ? "not split: " : "", number);
        return;
    }
    double transitions = column->transition * cell->entries, share = 100 / cell->trimmed;
    if (transitions + handlers > cell->trimmed) {
        transitions = cell->trimmed - handlers;
        *trimmed = true;
    }
    bar->value = cell->trimmed;
    bar->end[1] = (cell->trimmed - handlers - transitions) * share;
    bar->end[2] = (cell->trimmed - handlers) * share;
    bar->end[3] = bar->words_at = 100;
    number_cost(number, cell->trimmed, m->column[bar->column].exact);
    snprintf(bar->text, sizeof(bar->text), "%s", number);
}

static bool add_bars(struct bars *b, const struct column *columns, bool *trimmed)
{
    const struct model *m = b->f->m;
    for (size_t row = 0; row < m->rows; row++) {
        if (!worth_a_row(m, columns, row))
            continue;
        for (unsigned c = 0; c < m->columns; c++)
            if (columns[c].split == SPLIT)
                fill(bars_add(b, row, c), m, &columns[c], trimmed);
    }
    return b->count > 0;
}

/* The columns that cannot be split, by the reason; and how the others were. */
static char *foot_text(const struct figure *f, const struct column *columns, bool trimmed)
{
    static const char *const reasons[] = {[SPLIT_UNTIMED] = "handlers were not timed",
                                          [SPLIT_OTHER_BOOT] =
                                              "handlers, watched, take longer than the operation, unwatched"};
    char source[400], label[FIGURE_LABEL], number[NUMBER_SIZE], *text = NULL;
    const char *unit;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return NULL;
    figure_source(f->m, source, sizeof(source));
    fprintf(out,
            "Suite %s on %s. Shares of the mean cost (without the lowest and the highest hundredth), which stands "
            "behind the bar%s%s. An entry's transition is "
            "what the cheapest operation with one entry costs beside its handler and the empty loop:",
            f->m->result->suite, source, model_one_unit(f->m, &unit) ? " in " : "",
            model_one_unit(f->m, &unit) ? unit : "");
    for (unsigned c = 0, n = 0; c < f->m->columns; c++) {
        if (columns[c].split != SPLIT || !columns[c].calibrated)
            continue;
        figure_column_label(f->m, c, label);
        number_cost(number, columns[c].transition, false);
        fprintf(out, "%s %s %s", n++ ? "," : "", label, number);
    }
    fputs("; the guest's part is the rest.", out);
    for (unsigned c = 0; c < f->m->columns; c++)
        if (columns[c].split == SPLIT && strcmp(f->m->column[c].hypervisor, "kvm") == 0) {
            fputs(" On KVM handlers are timed in a second start, with probes.", out);
            break;
        }
    if (trimmed)
        fputs(" Where the transitions would be more than what the handlers leave, the guest's part is nothing.", out);
    for (int reason = SPLIT_UNTIMED; reason <= SPLIT_OTHER_BOOT; reason++) {
        unsigned n = 0;
        for (unsigned c = 0; c < f->m->columns; c++) {
            if (columns[c].split != (enum split)reason)
                continue;
            figure_column_label(f->m, c, label);
            if (n++ == 0)
                fprintf(out, " Not split, since %s: %s", reasons[reason], label);
            else
                fprintf(out, ", %s", label);
        }
        fputs(n ? "." : "", out);
    }
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

enum figure_answer figure_breakdown(struct figure *f)
{
    struct column columns[MODEL_COLUMNS_MAX] = {{.split = SPLIT}};
    struct bars b;
    bool trimmed = false;
    if (bars_open(&b, f, BREAKDOWN_PIECES))
        return FIGURE_NOTHING;
    for (unsigned c = 0; c < f->m->columns; c++)
        columns[c] = examine(f->whole, c);
    bool any = add_bars(&b, columns, &trimmed);
    char *foot = any ? foot_text(f, columns, trimmed) : NULL;
    b.foot = foot ? foot : "";
    b.value = "trimmed mean cost per operation";
    b.key = keys;
    b.keys = BREAKDOWN_PIECES;
    if (any)
        bars_write_shares(&b, "shares of the guest, the transitions and the handlers in an operation's cost",
                          "% of the cost");
    free(foot);
    bars_free(&b);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
