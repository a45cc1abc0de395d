/* kvm_snapshot.c: sums over processors, apart from the kernel so that they can be tested without one. */
#include "probes/kvm_probes.h"

#include <stdlib.h>
#include <string.h>

static bool distinct_add(struct kvm_cost *c, uint64_t value, uint64_t times)
{
    size_t at = 0;
    while (at < c->distincts && c->distinct[at].value < value)
        at++;
    if (at < c->distincts && c->distinct[at].value == value) {
        c->distinct[at].times += times;
        return true;
    }
    struct kvm_distinct *more = realloc(c->distinct, (c->distincts + 1) * sizeof(*more));
    if (!more)
        return false;
    c->distinct = more;
    memmove(more + at + 1, more + at, (c->distincts - at) * sizeof(*more));
    more[at] = (struct kvm_distinct){value, times};
    c->distincts++;
    return true;
}

/* The bucket of struct kvm_stat's histogram. */
static unsigned log2_of(uint64_t cost)
{
    return cost ? 63u - (unsigned)__builtin_clzll(cost) : 0;
}

static void least_and_most(struct kvm_cost *c, uint64_t min, uint64_t max)
{
    if (!c->count || min < c->min)
        c->min = min;
    if (max > c->max)
        c->max = max;
}

bool kvm_cost_add(struct kvm_cost *c, const struct kvm_stat *st)
{
    for (unsigned i = 0; i < KVM_DISTINCT; i++) {
        uint64_t value = st->distinct[i].value, times = st->distinct[i].times;
        if (!times)
            continue;
        if (!distinct_add(c, value, times))
            return false;
        least_and_most(c, value, value);
        c->count += times;
        c->sum += value * times;
        c->log2[log2_of(value)] += times;
    }
    if (st->not_min)
        least_and_most(c, ~st->not_min, st->max);
    for (unsigned i = 0; i < KVM_LOG2; i++) {
        c->log2[i] += st->log2[i];
        c->count += st->log2[i];
    }
    c->sum += st->sum;
    c->waited += st->waited;
    return true;
}

void kvm_snapshot_free(struct kvm_snapshot *s)
{
    for (size_t i = 0; i < s->rows; i++)
        free(s->row[i].cost.distinct);
    free(s->row);
    free(s->detail);
    free(s->under_way);
    free(s->fine);
    memset(s, 0, sizeof(*s));
}
