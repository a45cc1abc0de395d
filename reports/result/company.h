/*
 * company.h: guests that have others beside them, each held against the same guest alone: what it loses by them.
 *
 * By the means: a turn of another guest falls into few samples, and into these whole, so that a median hides it.
 */
#ifndef REPORTS_COMPANY_H
#define REPORTS_COMPANY_H

#include "reports/result/model.h"

#define COMPANY_NAME 64

struct company {
    unsigned column, base;   /* of the model; base: of the guest alone */
    bool has_base;           /* the result has it */
    unsigned guests;         /* with the measured one */
    char name[COMPANY_NAME]; /* "2guests-compute" */
    char mode[COMPANY_NAME]; /* "pv+pv": that of the guest alone */
    const char *lost;        /* why one of the neighbours was not there all the time; NULL: all were */
};

/* The columns of the model whose guest has others beside it, in its order; `into` has room for all of its columns. */
size_t companies_find(const struct model *m, struct company into[MODEL_COLUMNS_MAX]);

/* Means per operation, beside the others and alone. False: one of both has none in this row. */
bool company_costs(const struct model *m, const struct company *c, size_t row, double *alone, double *beside);

/* What is known of its guests: the element "guests" of the run; never NULL. */
const json_t *company_guests(const struct model *m, const struct company *c);

/*
 * Of a row, each guest's part of the time that all of them ran, 0 to 1, in their order, the measured one last. 0: it is
 * not known; else how many they are, COMPANY_GUESTS at the most.
 */
#define COMPANY_GUESTS 256
size_t company_shares(const struct model *m, const struct company *c, size_t row, double share[COMPANY_GUESTS]);

/*
 * What is due to each where all of them want the processor all the time: its weight's part of all weights, or its cap;
 * what caps leave goes to those without, by their weights. All weights are the same where the result has none.
 */
void company_due(const struct model *m, const struct company *c, double due[COMPANY_GUESTS], size_t guests);

/* Do the others, and the measured one in this row, want the processor all the time? Those that do nothing, or wait for
 * a device, do not ask for a share. */
bool company_competes(const struct model *m, const struct company *c, size_t row);

#endif
