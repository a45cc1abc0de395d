/* explain_rows.c: the tree of calls, flattened: what each function executed, and with all that it called. */
#include "common/memory.h"
#include "reports/explain/explain.h"

#include <math.h>
#include <stdlib.h>

uint64_t *explain_with_callees(const struct explain_region *r)
{
    uint64_t *all = memory_zeroed(r->nodes, sizeof(*all));
    for (size_t i = r->nodes; i-- > 0;) {
        all[i] += r->node[i].self;
        if (r->node[i].parent != EXPLAIN_TOP)
            all[r->node[i].parent] += all[i];
    }
    return all;
}

/* A function that calls itself, by whichever way, is counted where it was called first. */
static bool is_below_itself(const struct explain_region *r, size_t node)
{
    for (int at = r->node[node].parent; at != EXPLAIN_TOP; at = r->node[at].parent)
        if (r->node[at].function == r->node[node].function)
            return true;
    return false;
}

static unsigned caller_of(const struct explain_region *r, size_t node)
{
    const int parent = r->node[node].parent;
    return parent == EXPLAIN_TOP ? r->node[node].function : r->node[parent].function;
}

/* By self, then by number, so that the order is one. */
static int larger_first(const void *a, const void *b)
{
    const struct explain_row *x = a, *y = b;
    if (x->self != y->self)
        return x->self > y->self ? -1 : 1;
    return x->function < y->function ? -1 : x->function > y->function;
}

struct explain_row *explain_rows(const struct explain_run *run, const struct explain_region *r, size_t *count)
{
    uint64_t *all = explain_with_callees(r), *most = memory_zeroed(run->functions, sizeof(*most));
    struct explain_row *rows = memory_zeroed(run->functions, sizeof(*rows));
    bool *seen = memory_zeroed(run->functions, sizeof(*seen));
    for (size_t i = 0; i < r->nodes; i++) {
        const struct explain_node *n = &r->node[i];
        struct explain_row *row = &rows[n->function];
        row->self += n->self;
        row->entered += n->entered;
        row->left += n->left;
        row->with_callees += is_below_itself(r, i) ? 0 : all[i];
        if (!seen[n->function] || all[i] > most[n->function]) {
            row->caller = caller_of(r, i);
            most[n->function] = all[i];
        }
        seen[n->function] = true;
    }
    *count = 0;
    for (unsigned i = 0; i < run->functions; i++)
        if (seen[i]) {
            rows[*count] = rows[i];
            rows[(*count)++].function = i;
        }
    qsort(rows, *count, sizeof(*rows), larger_first);
    free(seen);
    free(most);
    free(all);
    return rows;
}

double explain_thousandth(double value)
{
    return round(value * 1000) / 1000;
}
