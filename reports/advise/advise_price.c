/* advise_price.c: a load's rates times what a result has measured. */
#include "reports/advise/advise.h"

#include <math.h>
#include <string.h>

#define ALONE 0.01 /* entries of other kinds, of an operation: a tick of the host's that fell into it */

/* An operation is named by its label, or without its parameter where that is the only one. */
static void find_operation(const struct model *m, const char *name, struct advice_row *into)
{
    size_t alike = 0;
    into->row = -1;
    for (size_t row = 0; row < m->rows; row++) {
        if (strcmp(m->row[row].label, name) == 0) {
            into->row = (int)row;
            into->too = 0;
            return;
        }
        if (strcmp(m->row[row].name, name) == 0 && alike++ == 0)
            into->row = (int)row;
    }
    into->too = alike > 1 ? alike - 1 : 0;
}

/* Each operation enters once, and by this kind alone. */
static bool enters_by(const struct model_cell *cell, const char *name)
{
    for (size_t i = 0; i < cell->kinds; i++) {
        char kind[LOAD_NAME];
        snprintf(kind, sizeof(kind), "%s %.64s", result_classes[cell->kind[i].class], cell->kind[i].name);
        if (strcmp(kind, name) == 0)
            return fabs(cell->kind[i].per_operation - 1) <= ALONE &&
                   cell->entries - cell->kind[i].per_operation <= ALONE;
    }
    return false;
}

/*
 * What lies behind an entry is not known from it; the first workload that enters so in any mode stands for it, and
 * that there are others is told.
 */
static void find_entry(const struct model *m, const char *name, struct advice_row *into)
{
    into->row = -1;
    into->too = 0;
    for (size_t row = 0; row < m->rows; row++) {
        bool found = false;
        for (unsigned column = 0; column < m->columns && !found; column++) {
            const struct model_cell *cell = model_at(m, row, column);
            found = cell->has_cost && cell->has_entries && enters_by(cell, name);
        }
        if (found && into->row < 0)
            into->row = (int)row;
        else
            into->too += found;
    }
}

static void price(struct advice *a, struct advice_row *r)
{
    bool any = false;
    for (unsigned column = 0; column < a->model->columns; column++) {
        const struct model_cell *cell = r->row < 0 ? NULL : model_at(a->model, (size_t)r->row, column);
        if (!cell || !cell->has_cost || cell->mixed)
            continue;
        any = true;
        r->price[column].known = true;
        r->price[column].all = r->of->rate * fmax(cell->mean, 0);
    }
    a->priced += any;
    for (unsigned column = 0; column < a->model->columns; column++) {
        struct advice_column *c = &a->column[column];
        c->unknown += any && !r->price[column].known;
        c->all += r->price[column].all;
        if (r->price[column].known && (!c->dearest || r->price[column].all > c->dearest->price[column].all))
            c->dearest = r;
    }
}

void advice_make(struct advice *a, const struct load *l, struct model *m)
{
    memset(a, 0, sizeof(*a));
    a->load = l;
    a->model = m;
    a->subtracted = model_subtract_empty(m) == 0;
    for (size_t i = 0; i < l->rates; i++) {
        struct advice_row *r = &a->row[i];
        r->of = &l->rate[i];
        (r->of->is_entry ? find_entry : find_operation)(m, r->of->name, r);
        if (r->row >= 0 && strcmp(m->row[r->row].name, "empty") == 0)
            r->row = -1; /* a loop that does nothing is no operation, and its price is zero by definition */
        price(a, r);
    }
}
