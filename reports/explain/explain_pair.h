/*
 * explain_pair.h: one tree of calls of two explanations: what is called the same, by the same callers, is one node,
 * with what it executed before and now. What only one of them has is there, too.
 */
#ifndef REPORTS_EXPLAIN_PAIR_H
#define REPORTS_EXPLAIN_PAIR_H

#include "reports/explain/explain.h"

enum { PAIR_BEFORE, PAIR_NOW, PAIR_SIDES };

struct explain_pair_node {
    int parent;                        /* a node that stands before, or EXPLAIN_TOP */
    int child, sibling;                /* the latest below it; the one before it below the same; or EXPLAIN_TOP */
    unsigned number;                   /* the same for what is the same function */
    const struct explain_function *is; /* the new one's, where it is there */
    uint64_t self[PAIR_SIDES], all[PAIR_SIDES]; /* of all operations; all: with what it called */
    bool there[PAIR_SIDES];
};

struct explain_pair {
    double operations[PAIR_SIDES];
    double largest_change; /* of a function itself, per operation */
    int top;               /* the latest that nobody called */
    size_t nodes;
    struct explain_pair_node node[];
};

/* Those of the new one stand first, in their order. The caller frees it, at once. */
struct explain_pair *explain_pair_make(const struct explain_run *run, const struct explain_bench *b,
                                       const struct explain_run *base_run, const struct explain_bench *base,
                                       unsigned region);

/* By how much a function itself executes more there than before, per operation. */
double explain_pair_change(const struct explain_pair *p, size_t node);

#endif
