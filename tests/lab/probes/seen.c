/* seen.c: sums over rows; seen.h says of what. */
#include "seen.h"
#include "tap.h"

#include <pvbench/log.h>

struct kvm_probes *open_probes(bool classic, unsigned regions)
{
    char why[512];
    const struct kvm_probes_options o = {
        .exact = true, .own_timers = true, .classic = classic, .mark_port = PVB_MARK_PORT, .regions = regions};
    struct kvm_probes *p = kvm_probes_open(&o, why, sizeof(why));
    if (!p)
        note("%s", why);
    return p;
}

bool read_probes(struct kvm_probes *p, struct kvm_snapshot *s)
{
    char why[256];
    bool good = kvm_probes_read(p, s, why, sizeof(why));
    if (!good)
        note("%s", why);
    return good;
}

uint64_t sum(const struct kvm_snapshot *s)
{
    uint64_t n = s->under_ways + s->lost.stats + s->lost.vcpus;
    for (size_t i = 0; i < s->rows; i++)
        n += s->row[i].cost.count;
    return n;
}

struct seen look(const struct kvm_snapshot *s, unsigned region, unsigned kind, unsigned type, uint64_t key)
{
    struct seen seen = {.begun = s->region[region].begun, .ended = s->region[region].ended};
    for (size_t i = 0; i < s->rows; i++)
        if (s->row[i].region == region && s->row[i].kind == kind) {
            seen.exits += s->row[i].cost.count;
            seen.through += s->row[i].path == KVM_THROUGH_USERSPACE ? s->row[i].cost.count : 0;
        }
    for (size_t i = 0; i < s->details; i++) {
        const struct kvm_detail_key *k = &s->detail[i].key;
        if (k->region != region)
            continue;
        if (k->type == KVM_DETAIL_USERSPACE)
            seen.userspace += s->detail[i].count;
        if (k->type != type || k->kind != kind)
            continue;
        seen.details += s->detail[i].count;
        seen.detail += k->key == key ? s->detail[i].count : 0;
    }
    return seen;
}
