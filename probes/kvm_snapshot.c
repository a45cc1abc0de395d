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

bool kvm_cost_add(struct kvm_cost *c, const struct kvm_stat *st)
{
    if (!st->count)
        return true;
    if (!c->count || st->min < c->min)
        c->min = st->min;
    if (st->max > c->max)
        c->max = st->max;
    c->count += st->count;
    c->sum += st->sum;
    c->waited += st->waited;
    for (unsigned i = 0; i < KVM_LOG2; i++)
        c->log2[i] += st->log2[i];
    for (unsigned i = 0; i < KVM_DISTINCT; i++)
        if (st->times[i] && !distinct_add(c, st->value[i], st->times[i]))
            return false;
    return true;
}

void kvm_snapshot_free(struct kvm_snapshot *s)
{
    for (size_t i = 0; i < s->rows; i++)
        free(s->row[i].cost.distinct);
    free(s->row);
    free(s->detail);
    free(s->under_way);
    memset(s, 0, sizeof(*s));
}
