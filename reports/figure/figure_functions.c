/*
 * figure_functions.c: in which functions the instructions of an operation are: a bar a column, PV beside HVM, stacked
 * of its largest functions. Whose they are is a colour; the name stands in its piece of the bar, or behind the bar
 * where it does not fit.
 *
 * Operations differ a thousandfold, so each workload has its own scale: its dearest bar is as long as the axis. The
 * number stands behind the bar. It is the mean of what was executed, from the explanation beside the result.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/explain/explain.h"
#include "reports/figure/figure_stack.h"
#include "reports/print/report_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 6, OTHERS = EXPLAIN_OWNERS, LOOKS };

#define SMALLEST 0.04 /* of its bar: smaller ones are together with the others */

static const struct stack_look looks[LOOKS] = {
    [EXPLAIN_GUEST] = {"guest", "#ffe39a", "#000000", "#000000"},
    [EXPLAIN_HYPERVISOR] = {"hypervisor", "#0b3c6f", "#ffffff", "#ffffff"},
    [EXPLAIN_KERNEL] = {"kernel of the host", "#9cc4b4", "#000000", "#000000"},
    [EXPLAIN_PROGRAMS] = {"programs", "#b5482f", "#ffffff", "#ffffff"},
    [OTHERS] = {"other functions", "#eeeeee", "#000000", "#000000"}};

static const struct explain_bench *explained(const struct stack *s, size_t row, unsigned column,
                                             const struct explain_run **run)
{
    return explain_find(s->shape->with, s->m->column[column].setting, s->m->row[row].label, run);
}

/* Instructions of an operation; 0: it is not explained. */
static double instructions(const struct stack *s, size_t row, unsigned column)
{
    const struct explain_run *run;
    const struct explain_bench *b = explained(s, row, column, &run);
    return b ? (double)b->region[EXPLAIN_STEADY].instructions / explain_operations(b, EXPLAIN_STEADY) : 0;
}

static double dearest(const struct stack *s, size_t row)
{
    double most = 0;
    for (unsigned column = 0; column < s->m->columns; column++)
        most = fmax(most, instructions(s, row, column));
    return most;
}

static bool is_left_out(const struct stack *s, size_t row)
{
    return dearest(s, row) <= 0;
}

static double length(const struct stack *s, size_t row, unsigned column)
{
    const double most = dearest(s, row);
    return most > 0 ? 100 * instructions(s, row, column) / most : 0;
}

/* By owner, the guest's first, so that colours stand together; then the largest. */
static void add_named(struct stack *s, struct stack_bar *bar, const struct explain_run *run,
                      const struct explain_row *rows, size_t count, double operations)
{
    const double scale = 100 / dearest(s, bar->row);
    for (unsigned owner = 0; owner < EXPLAIN_OWNERS; owner++)
        for (size_t i = 0; i < count; i++) {
            const struct explain_function *f = &run->function[rows[i].function];
            const double value = (double)rows[i].self / operations;
            char number[NUMBER_SIZE];
            if (explain_whose(f->owner) != owner || !rows[i].self)
                continue;
            struct stack_piece *p = stack_add(s, bar, owner, f->name, value, value * scale);
            number_cost(number, value, true);
            text_format(p->text, sizeof(p->text), "%s %s", f->name, number);
        }
}

static void add_others(struct stack *s, struct stack_bar *bar, const struct explain_row *rows, size_t count,
                       double operations)
{
    const double scale = 100 / dearest(s, bar->row);
    double value = 0;
    size_t others = 0;
    char number[NUMBER_SIZE];
    for (size_t i = 0; i < count; i++) {
        value += (double)rows[i].self / operations;
        others += rows[i].self > 0;
    }
    if (!others)
        return;
    struct stack_piece *p = stack_add(s, bar, OTHERS, "others", value, value * scale);
    number_cost(number, value, true);
    text_format(p->text, sizeof(p->text), "%zu other%s %s", others, others > 1 ? "s" : "", number);
}

static void add_functions(struct stack *s, struct stack_bar *bar)
{
    const struct explain_run *run;
    const struct explain_bench *b = explained(s, bar->row, bar->column, &run);
    size_t count, named = 0;
    if (!b || bar->total <= 0)
        return;
    const struct explain_region *r = &b->region[EXPLAIN_STEADY];
    const double operations = explain_operations(b, EXPLAIN_STEADY);
    struct explain_row *rows = explain_rows(run, r, &count);
    while (named < count && named < NAMED && (double)rows[named].self >= SMALLEST * (double)r->instructions)
        named++;
    add_named(s, bar, run, rows, named, operations);
    add_others(s, bar, rows + named, count - named, operations);
    free(rows);
}

static bool all_instructions(const struct stack *s, const struct stack_bar *bar, char *into, size_t size)
{
    const double value = instructions(s, bar->row, bar->column);
    const struct model_cell *cell = model_at(s->m, bar->row, bar->column);
    char number[NUMBER_SIZE];
    bool bad;
    if (value <= 0) {
        const char *absence = cell_absence(cell, &bad);
        snprintf(into, size, "%.32s", absence ? absence : "not explained");
        return false;
    }
    number_cost(number, value, true);
    snprintf(into, size, "%s", number);
    return true;
}

static bool times_itself(const struct stack *s, size_t row)
{
    const struct explain_run *run;
    for (unsigned column = 0; column < s->m->columns; column++) {
        const struct explain_bench *b = explained(s, row, column, &run);
        if (b && b->region[EXPLAIN_STEADY].instructions && !b->region[EXPLAIN_STEADY].has_total)
            return true;
    }
    return false;
}

static void write_foot(const struct stack *s, char *into, size_t size)
{
    char source[400];
    bool any = false;
    figure_source(s->m, source, sizeof(source));
    text_format(
        into, size,
        "Suite %s on %s. The %d largest functions of each operation, from %.0f %% of it on, with their "
        "instructions; those of the operation, the mean, stand behind the bar. Each workload has its own scale.",
        s->m->result->suite, source, NAMED, 100 * SMALLEST);
    for (size_t row = 0; row < s->m->rows; row++)
        if (times_itself(s, row)) {
            text_append(into, size, "%s%s",
                        any ? ", " : " Of these its cost is a part that it times itself: ", s->m->row[row].label);
            any = true;
        }
    text_append(into, size, "%s", any ? "." : "");
}

enum figure_answer figure_functions(struct figure *f)
{
    const struct stack_shape shape = {.look = looks,
                                      .looks = LOOKS,
                                      .what = "in which functions the instructions of an operation are, by workload "
                                              "and mode",
                                      .axis = "% of the workload's dearest mode",
                                      .piece = "function",
                                      .pieces = "functions",
                                      .value = "instructions per operation",
                                      .total = "% of the workload's dearest mode",
                                      .most = 100,
                                      .below = true,
                                      .unnamed = OTHERS,
                                      .is_left_out = is_left_out,
                                      .length = length,
                                      .fill = add_functions,
                                      .end = all_instructions,
                                      .with = f->explained};
    char foot[1200];
    struct stack s;
    if (!f->explained)
        return FIGURE_NOTHING;
    stack_lay_out(&s, f, &shape);
    const bool any = s.pieces > 0;
    write_foot(&s, foot, sizeof(foot));
    if (any)
        stack_write(&s, f, foot);
    stack_free(&s);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
