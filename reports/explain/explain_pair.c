/* explain_pair.c: see explain_pair.h. */
#include "reports/explain/explain_pair.h"
#include "common/memory.h"

#include <math.h>
#include <stdlib.h>

/* A function of one of the two, and where its number goes. */
struct numbered {
    const struct explain_function *function;
    unsigned *number;
};

static int by_name(const void *a, const void *b)
{
    return explain_order(((const struct numbered *)a)->function, ((const struct numbered *)b)->function);
}

/* Functions that are the same get the same number. */
static void number_functions(const struct explain_run *const run[PAIR_SIDES], unsigned *number[PAIR_SIDES])
{
    const size_t all = run[PAIR_BEFORE]->functions + run[PAIR_NOW]->functions;
    struct numbered *list = memory_zeroed(all, sizeof(*list)), *at = list;
    unsigned next = 0;
    for (unsigned side = 0; side < PAIR_SIDES; side++) {
        number[side] = memory_zeroed(run[side]->functions, sizeof(**number));
        for (size_t i = 0; i < run[side]->functions; i++)
            *at++ = (struct numbered){&run[side]->function[i], &number[side][i]};
    }
    qsort(list, all, sizeof(*list), by_name);
    for (size_t i = 0; i < all; i++) {
        next += i && by_name(&list[i - 1], &list[i]) != 0;
        *list[i].number = next;
    }
    free(list);
}

static int place_below(struct explain_pair *p, int parent, unsigned number, const struct explain_function *is)
{
    int *latest = parent == EXPLAIN_TOP ? &p->top : &p->node[parent].child;
    for (int at = *latest; at != EXPLAIN_TOP; at = p->node[at].sibling)
        if (p->node[at].number == number)
            return at;
    p->node[p->nodes] = (struct explain_pair_node){
        .parent = parent, .child = EXPLAIN_TOP, .sibling = *latest, .number = number, .is = is};
    *latest = (int)p->nodes;
    return (int)p->nodes++;
}

static void take(struct explain_pair *p, const struct explain_run *run, const struct explain_region *r,
                 const unsigned *number, unsigned side)
{
    int *place = memory_zeroed(r->nodes, sizeof(*place));
    for (size_t i = 0; i < r->nodes; i++) {
        const struct explain_node *n = &r->node[i];
        const int above = n->parent == EXPLAIN_TOP ? EXPLAIN_TOP : place[n->parent];
        place[i] = place_below(p, above, number[n->function], &run->function[n->function]);
        p->node[place[i]].self[side] += n->self;
        p->node[place[i]].there[side] = true;
    }
    free(place);
}

static void sum(struct explain_pair *p)
{
    for (size_t i = p->nodes; i-- > 0;) {
        struct explain_pair_node *n = &p->node[i];
        for (unsigned side = 0; side < PAIR_SIDES; side++) {
            n->all[side] += n->self[side];
            if (n->parent != EXPLAIN_TOP)
                p->node[n->parent].all[side] += n->all[side];
        }
        p->largest_change = fmax(p->largest_change, fabs(explain_pair_change(p, i)));
    }
}

struct explain_pair *explain_pair_make(const struct explain_run *run, const struct explain_bench *b,
                                       const struct explain_run *base_run, const struct explain_bench *base,
                                       unsigned region)
{
    const struct explain_run *const runs[PAIR_SIDES] = {[PAIR_BEFORE] = base_run, [PAIR_NOW] = run};
    const struct explain_region *before = &base->region[region], *now = &b->region[region];
    unsigned *number[PAIR_SIDES];
    struct explain_pair *p =
        memory_zeroed(1, sizeof(*p) + (before->nodes + now->nodes) * sizeof(struct explain_pair_node));
    p->top = EXPLAIN_TOP;
    p->operations[PAIR_BEFORE] = explain_operations(base, region);
    p->operations[PAIR_NOW] = explain_operations(b, region);
    number_functions(runs, number);
    take(p, run, now, number[PAIR_NOW], PAIR_NOW);
    take(p, base_run, before, number[PAIR_BEFORE], PAIR_BEFORE);
    sum(p);
    free(number[PAIR_BEFORE]);
    free(number[PAIR_NOW]);
    return p;
}

double explain_pair_change(const struct explain_pair *p, size_t node)
{
    const uint64_t *self = p->node[node].self;
    return explain_thousandth((double)self[PAIR_NOW] / p->operations[PAIR_NOW] -
                              (double)self[PAIR_BEFORE] / p->operations[PAIR_BEFORE]);
}
