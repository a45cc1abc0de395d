/*
 * variants.h: hypervisors that a suite starts in several ways, each way held against the one that is as the hypervisor
 * ships, "shipped", of its mode; against the first where there is none of that name.
 *
 * In the lab a switch that changes nothing is seen twice: every number is the same, and so is all that the hypervisor
 * says of how it protects itself. Then this processor has no use for it.
 */
#ifndef REPORTS_VARIANTS_H
#define REPORTS_VARIANTS_H

#include "reports/result/model.h"

#define VARIANT_MODE    32
#define VARIANT_SHIPPED "shipped"

struct variant {
    unsigned column, base; /* of the model; the same one: it is the base */
    const char *name;      /* "usual": no word of the command line is another one */
    const char *words;     /* of the command line; "": none, or as usual */
    char mode[VARIANT_MODE];
    unsigned compared, changed; /* workloads that both have a cost of; and whose cost is another, or its entries */
    bool says_same;             /* of how it protects itself; false also when it says nothing */
};

/* The columns of the model that are variants, in its order, but each base before the others of its mode; `into` has
 * room for all of its columns. 0: there is none.
 */
size_t variants_find(const struct model *m, struct variant into[MODEL_COLUMNS_MAX]);

static inline bool variant_is_base(const struct variant *v)
{
    return v->column == v->base;
}

/* This processor, or this mode, has no use for it: nothing is another one, said or measured. */
bool variant_is_ignored(const struct variant *v);

/* False: one of both has no cost in this row. Costs per operation. */
bool variant_costs(const struct model *m, const struct variant *v, size_t row, double *base, double *now);

/* What a lab's numbers say of a protection, and what they do not: for the foot of tables and figures. */
#define VARIANTS_CODE_ALONE                                                                                            \
    "the code that a switch adds or takes away is counted, and no stall: what flushes a predictor or a cache by "      \
    "one instruction costs one"

#endif
