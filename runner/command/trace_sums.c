/* trace_sums.c: rows of the probes' tables become kinds and counts with names; trace_sums.h says for whom. */
#include "runner/command/trace_sums.h"

#include "collectors/entry_names.h"
#include "collectors/kvm_ebpf.h"
#include "collectors/kvm_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct trace_kind *find(const struct kvm_snapshot *s, struct trace_kind *kinds, size_t *n, unsigned kind)
{
    for (size_t i = 0; i < *n; i++)
        if (kinds[i].kind == kind)
            return &kinds[i];
    struct trace_kind *k = &kinds[(*n)++];
    *k = (struct trace_kind){.kind = kind, .min = UINT64_MAX};
    const char *name = entry_name(PVB_CLASS_EXIT, kvm_entry_code(s->isa, kind));
    snprintf(k->name, sizeof(k->name), "%s", name ? name : "other");
    if (!name && kind != KVM_KIND_OTHER)
        snprintf(k->name, sizeof(k->name), "0x%" PRIx64, (uint64_t)kvm_reason_of(kind));
    return k;
}

static int by_time(const void *a, const void *b)
{
    const struct trace_kind *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum < y->sum ? 1 : -1;
    return strcmp(x->name, y->name);
}

size_t trace_kinds(const struct kvm_snapshot *s, struct trace_kind *kinds)
{
    size_t n = 0;
    for (size_t i = 0; i < s->rows; i++) {
        const struct kvm_row *row = &s->row[i];
        struct trace_kind *k = find(s, kinds, &n, row->kind);
        k->path[row->path] = &row->cost;
        k->count += row->cost.count;
        k->sum += row->cost.sum;
        k->min = row->cost.min < k->min ? row->cost.min : k->min;
        k->max = row->cost.max > k->max ? row->cost.max : k->max;
    }
    for (size_t i = 0; i < s->under_ways; i++)
        find(s, kinds, &n, s->under_way[i].kind)->under_way++;
    for (size_t i = 0; i < n; i++)
        if (!kinds[i].count)
            kinds[i].min = 0;
    qsort(kinds, n, sizeof(*kinds), by_time);
    return n;
}

static int by_count(const void *a, const void *b)
{
    const struct trace_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* Hypercalls are hypercalls, whoever gave them their numbers. */
static bool is_of(const struct kvm_detail_row *d, enum kvm_detail type)
{
    return d->key.type == type || (type == KVM_DETAIL_HYPERCALL && d->key.type == KVM_DETAIL_HYPERV);
}

static void name_detail(const struct kvm_detail_row *d, enum kvm_isa isa, char *into)
{
    const char *known = d->key.type == KVM_DETAIL_USERSPACE ? kvm_userspace_name(d->key.key) : NULL;
    if (d->key.rest)
        snprintf(into, TRACE_NAME_SIZE, "rest");
    else if (known)
        snprintf(into, TRACE_NAME_SIZE, "%s", known);
    else if (d->key.type == KVM_DETAIL_USERSPACE)
        snprintf(into, TRACE_NAME_SIZE, "%" PRIu64, (uint64_t)d->key.key);
    else if (is_of(d, KVM_DETAIL_HYPERCALL))
        detail_name(PVB_CLASS_EXIT, kvm_entry_code(isa, d->key.kind),
                    d->key.key | (d->key.type == KVM_DETAIL_HYPERV ? PVB_DETAIL_HYPERV : PVB_DETAIL_KVM), into,
                    TRACE_NAME_SIZE);
    else
        snprintf(into, TRACE_NAME_SIZE, "0x%" PRIx64, (uint64_t)d->key.key);
}

size_t trace_counts(const struct kvm_snapshot *s, enum kvm_detail type, unsigned kind, struct trace_count **counts)
{
    struct trace_count *c = calloc(s->details + 1, sizeof(*c));
    size_t n = 0;
    *counts = c;
    for (size_t i = 0; c && i < s->details; i++) {
        char name[TRACE_NAME_SIZE];
        size_t at = 0;
        if (!is_of(&s->detail[i], type) || (kind != KVM_KINDS && s->detail[i].key.kind != kind))
            continue;
        name_detail(&s->detail[i], s->isa, name);
        while (at < n && strcmp(c[at].name, name) != 0)
            at++;
        if (at == n)
            snprintf(c[n++].name, sizeof(name), "%s", name);
        c[at].count += s->detail[i].count;
    }
    if (c)
        qsort(c, n, sizeof(*c), by_count);
    return n;
}
