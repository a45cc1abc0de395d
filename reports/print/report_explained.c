/*
 * report_explained.c: --explained: what a mode costs more than the bare computer, and how much of that its entries are.
 *
 * An entry is worth what a workload of --prices costs that enters so, on the same hypervisor in the same mode, less
 * what that costs where it enters nothing, and less its other entries, if those have a price by themselves: with the
 * ways in and out, which a handler's own cost leaves out. The first workload counts; what lies behind an entry may be
 * more. Without such a workload an entry is worth its handler's cost, and where nobody has timed that, nothing, which
 * is told. The iret of a PV guest belongs to the event that it ends.
 */
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/print/report_print.h"

#include <math.h>
#include <string.h>

#define ALONE 0.01 /* entries of other kinds, of an operation: a tick that fell into it */
#define LEAST 0.05 /* entries an operation that are worth a word */

enum { WORKLOAD, COLUMN, MORE, ENTRIES, SHARE, REST, UNKNOWN };

static bool is_way_back(const struct model_kind *k)
{
    return k->class == PVB_CLASS_HYPERCALL && strcmp(k->name, "iret") == 0;
}

/* "pv+linux" is a guest in the mode pv. */
static bool is_same_mode(const struct model_column *a, const struct model_column *b)
{
    const size_t n = strcspn(a->mode, "+");
    return n == strcspn(b->mode, "+") && strncmp(a->mode, b->mode, n) == 0 &&
           strcmp(a->hypervisor, b->hypervisor) == 0 && strcmp(a->machine, b->machine) == 0;
}

/* What the workload takes of itself: its cost where it enters nothing, in any mode. The loop is off already. */
static double own_part(const struct model *prices, size_t row, const struct model_column *c)
{
    for (unsigned column = 0; column < prices->columns; column++) {
        const struct model_cell *cell = model_at(prices, row, column);
        if (strcmp(prices->column[column].machine, c->machine) == 0 && cell->has_cost && cell->has_entries &&
            cell->entries <= ALONE)
            return cell->mean;
    }
    return 0;
}

static bool find_price(const struct model *prices, const struct model_column *c, const struct model_kind *kind,
                       bool alone, double *price);

/* It enters once by this kind, and else not at all, or (not `alone`) by kinds that others enter by alone. */
static bool price_in(const struct model *prices, size_t row, unsigned column, const struct model_kind *kind, bool alone,
                     double *price)
{
    const struct model_cell *cell = model_at(prices, row, column);
    double of_it = 0, others = 0, other;
    if (!cell->has_cost || !cell->has_entries)
        return false;
    for (size_t i = 0; i < cell->kinds; i++) {
        const struct model_kind *k = &cell->kind[i];
        if (k->class == kind->class && strcmp(k->name, kind->name) == 0) {
            of_it += k->per_operation;
        } else if (!is_way_back(k) && k->per_operation > ALONE) {
            if (alone || !find_price(prices, &prices->column[column], k, true, &other))
                return false;
            others += other * k->per_operation;
        }
    }
    *price = cell->mean - own_part(prices, row, &prices->column[column]) - others;
    return fabs(of_it - 1) <= ALONE && *price > 0;
}

static bool find_price(const struct model *prices, const struct model_column *c, const struct model_kind *kind,
                       bool alone, double *price)
{
    for (unsigned column = 0; prices && column < prices->columns; column++)
        for (size_t row = 0; row < prices->rows && is_same_mode(&prices->column[column], c); row++)
            if (price_in(prices, row, column, kind, alone, price))
                return true;
    return false;
}

static bool price_of(const struct model *prices, const struct model_column *c, const struct model_kind *kind,
                     double *price)
{
    if (find_price(prices, c, kind, true, price) || find_price(prices, c, kind, false, price))
        return true;
    *price = kind->mean;
    return kind->unit;
}

struct account {
    double worth, unknown;
    char names[120];
};

static void take_kind(struct account *a, const struct model *prices, const struct model_column *c,
                      const struct model_kind *k)
{
    double price;
    if (is_way_back(k))
        return;
    if (price_of(prices, c, k, &price)) {
        a->worth += k->per_operation * price;
        return;
    }
    a->unknown += k->per_operation;
    if (k->per_operation >= LEAST && strlen(a->names) + strlen(k->name) + 3 < sizeof(a->names))
        text_append(a->names, sizeof(a->names), "%s%s", a->names[0] ? ", " : "", k->name);
}

static void fill(const struct model *m, const struct model *prices, size_t row, unsigned column, struct notes *notes,
                 struct table *t)
{
    const struct model_cell *cell = model_at(m, row, column);
    const struct model_cell *base = model_at(m, row, (unsigned)model_native(m, column));
    struct account a = {0};
    char number[NUMBER_SIZE];
    if (!cell->has_cost || !cell->has_entries || !base->has_cost)
        return;
    for (size_t i = 0; i < cell->kinds; i++)
        take_kind(&a, prices, &m->column[column], &cell->kind[i]);
    const double more = cell->cost - base->cost;
    const size_t at = table_row(t);
    table_set(t, at, WORKLOAD, "%s", m->row[row].label);
    table_set(t, at, COLUMN, "%s %s", m->column[column].hypervisor, m->column[column].mode);
    number_cost(number, more, false);
    table_set(t, at, MORE, "%s", number);
    number_cost(number, a.worth, false);
    table_set(t, at, ENTRIES, "%s", number);
    if (more > 0 && a.worth > 0)
        table_set(t, at, SHARE, "%.0f %%", 100 * a.worth / more);
    number_cost(number, more - a.worth, false);
    table_set(t, at, REST, "%s", number);
    if (a.unknown < LEAST)
        return;
    number_entries(number, a.unknown);
    struct table_cell *unknown = table_set(t, at, UNKNOWN, "%s", number);
    if (a.names[0])
        notes_add(notes, &unknown->marks, "%s", a.names);
}

void report_explained(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out)
{
    struct table t;
    bool any = false;
    table_start(&t);
    table_column(&t, "", "workload", false);
    table_column(&t, "", "in", false);
    table_column(&t, "an operation", "more than native", true);
    table_column(&t, "an operation", "entries", true);
    table_column(&t, "an operation", "explained", true);
    table_column(&t, "an operation", "rest", true);
    table_column(&t, "an operation", "no price", true);
    for (unsigned column = 0; column < m->columns; column++)
        for (size_t row = 0; row < m->rows && !model_is_native(m, column) && model_native(m, column) >= 0; row++) {
            fill(m, o->prices, row, column, notes, &t);
            any = true;
        }
    if (any)
        table_print(&t, o->style, out);
    else
        report_line(out, o, "explained", "nothing: no run without a hypervisor (native) is in the result");
    table_free(&t);
    report_line(out, o, "explained", "%s",
                o->prices ? "an entry at the price of the first workload that enters so; else at its handler's cost"
                          : "an entry at its handler's cost, without the ways in and out; --prices has those, too");
}
