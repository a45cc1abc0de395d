/*
 * figure_entries.c: the headline figure: entries into the hypervisor per
 * operation, stacked by kind, PV beside HVM. The class is a colour, the kind
 * stands in its piece of the bar, or behind the bar where it does not fit.
 *
 * Workloads with tens of entries get a panel of their own, with its own
 * scale, so that one entry stays visible in the others.
 */
#include "reports/figure/figure_stack.h"
#include "common/memory.h"
#include "reports/common/number.h"
#include "reports/print/report_cell.h"

#include <stdlib.h>
#include <string.h>

/* From the axis outwards: what comes in first. */
static const enum pvb_class classes[PVB_CLASSES] = {PVB_CLASS_FORWARD, PVB_CLASS_HYPERCALL, PVB_CLASS_EMULATE,
                                                    PVB_CLASS_EXIT};
static const struct stack_look looks[PVB_CLASSES] = {{"F: event forwarded", "#ffe39a", "#000000", "#000000"},
                                                     {"H: hypercall", "#0b3c6f", "#ffffff", "#ffffff"},
                                                     {"E: instruction emulated", "#b5482f", "#ffffff", "#ffffff"},
                                                     {"X: VM exit", "#9cc4b4", "#000000", "#000000"}};

static bool row_is_empty(const struct model *m, size_t row)
{
    for (unsigned column = 0; column < m->columns; column++) {
        const struct model_cell *cell = model_at(m, row, column);
        bool none = !cell->any || (!cell->boots && strcmp(cell->any->status, "not_applicable") == 0);
        if (!none && (!cell->has_entries || cell->entries > 0))
            return false;
    }
    return true;
}

static bool is_left_out(const struct stack *s, size_t row)
{
    return row_is_empty(s->m, row);
}

static double entries_of(const struct stack *s, size_t row, unsigned column)
{
    return model_at(s->m, row, column)->entries;
}

static void add_kinds(struct stack *s, struct stack_bar *bar)
{
    const struct model_cell *cell = model_at(s->m, bar->row, bar->column);
    for (unsigned i = 0; i < PVB_CLASSES; i++)
        for (size_t j = 0; j < cell->kinds; j++) {
            const struct model_kind *k = &cell->kind[j];
            char number[NUMBER_SIZE];
            if (k->class != classes[i] || k->per_operation <= 0)
                continue;
            struct stack_piece *p = stack_add(s, bar, i, k->name, k->per_operation, k->per_operation);
            number_entries(number, k->per_operation);
            if (k->per_operation == 1)
                snprintf(p->text, sizeof(p->text), "%s", k->name);
            else
                snprintf(p->text, sizeof(p->text), "%s ×%s", k->name, number);
        }
}

static bool all_entries(const struct stack *s, const struct stack_bar *bar, char *into, size_t size)
{
    const struct model_cell *cell = model_at(s->m, bar->row, bar->column);
    char number[NUMBER_SIZE];
    bool bad;
    if (!cell->has_entries) {
        snprintf(into, size, "%.32s", cell->boots ? "not counted" : cell_absence(cell, &bad));
        return false;
    }
    number_entries(number, cell->entries);
    snprintf(into, size, "%s", number);
    return true;
}

const struct stack_shape figure_entries_shape = {
    .look = looks,
    .looks = PVB_CLASSES,
    .what = "entries into the hypervisor per operation, by workload, mode and kind",
    .axis = "entries into the hypervisor per operation",
    .piece = "kind",
    .pieces = "kinds",
    .value = "entries per operation",
    .total = "entries per operation",
    .panels = true,
    .is_left_out = is_left_out,
    .length = entries_of,
    .fill = add_kinds,
    .end = all_entries};

/* What has no bar is said in words. */
static char *foot_text(const struct stack *s)
{
    char source[400], *text = NULL;
    size_t size;
    FILE *f = memory_stream(&text, &size);
    if (!f)
        return NULL;
    figure_source(s->m, source, sizeof(source));
    fprintf(f, "Suite %s on %s.", s->m->result->suite, source);
    if (s->panels > 1)
        fputs(" The panels have different scales.", f);
    for (size_t row = 0, n = 0; row < s->m->rows; row++) {
        if (!row_is_empty(s->m, row))
            continue;
        fprintf(f, "%s %s",
                n++                 ? ","
                : s->m->columns > 1 ? " No entries in any mode:"
                                    : " No entries:",
                s->m->row[row].label);
    }
    if (fclose(f)) {
        free(text);
        return NULL;
    }
    return text;
}

enum figure_answer figure_entries(struct figure *f)
{
    struct stack s;
    stack_lay_out(&s, f, &figure_entries_shape);
    const bool any = s.pieces > 0;
    if (any) {
        char *text = foot_text(&s);
        stack_write(&s, f, text ? text : "");
        free(text);
    }
    stack_free(&s);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
