/* trace_kvm.c: rows of the probes' tables get names; trace_kvm.h says for whom. */
#include "runner/command/trace_kvm.h"

#include "collectors/entry_names.h"
#include "collectors/kvm_ebpf.h"
#include "collectors/kvm_names.h"

#include <inttypes.h>
#include <stdio.h>

_Static_assert(TRACE_IN_KERNEL == (int)KVM_IN_KERNEL && TRACE_THROUGH_USERSPACE == (int)KVM_THROUGH_USERSPACE,
               "paths have one number");

static void name_kind(enum kvm_isa isa, unsigned kind, char *into)
{
    const char *name = entry_name(PVB_CLASS_EXIT, kvm_entry_code(isa, kind));
    if (name || kind == KVM_KIND_OTHER)
        snprintf(into, TRACE_NAME_SIZE, "%s", name ? name : "other");
    else
        snprintf(into, TRACE_NAME_SIZE, "0x%" PRIx64, (uint64_t)kvm_reason_of(kind));
}

/* --- details ------------------------------------------------------------------------------ */

/* Hypercalls are hypercalls, whoever gave them their numbers. */
static enum trace_section section_of(enum kvm_detail type)
{
    static const enum trace_section sections[] = {
        [KVM_DETAIL_PORT] = TRACE_PORTS,           [KVM_DETAIL_MSR] = TRACE_MSRS,
        [KVM_DETAIL_HYPERCALL] = TRACE_HYPERCALLS, [KVM_DETAIL_HYPERV] = TRACE_HYPERCALLS,
        [KVM_DETAIL_PAGE] = TRACE_PAGES,           [KVM_DETAIL_REASON] = TRACE_REASONS,
        [KVM_DETAIL_USERSPACE] = TRACE_USERSPACE,  [KVM_DETAIL_INJECTED] = TRACE_INJECTED,
    };
    return sections[type];
}

static void name_key(enum kvm_isa isa, unsigned kind, enum kvm_detail type, uint64_t key, char *into)
{
    const char *known = type == KVM_DETAIL_USERSPACE ? kvm_userspace_name(key) : NULL;
    if (known)
        snprintf(into, TRACE_NAME_SIZE, "%s", known);
    else if (type == KVM_DETAIL_USERSPACE)
        snprintf(into, TRACE_NAME_SIZE, "%" PRIu64, key);
    else if (type == KVM_DETAIL_HYPERCALL || type == KVM_DETAIL_HYPERV)
        detail_name(PVB_CLASS_EXIT, kvm_entry_code(isa, kind),
                    key | (type == KVM_DETAIL_HYPERV ? PVB_DETAIL_HYPERV : PVB_DETAIL_KVM), into, TRACE_NAME_SIZE);
    else
        snprintf(into, TRACE_NAME_SIZE, "0x%" PRIx64, key);
}

static void take_detail(const struct kvm_snapshot *s, const struct kvm_detail_row *d, struct trace_view *v)
{
    char name[TRACE_NAME_SIZE] = "rest";
    if (d->key.type == KVM_DETAIL_NONE || d->key.type > KVM_DETAIL_INJECTED)
        return;
    if (!d->key.rest)
        name_key(s->isa, d->key.kind, d->key.type, d->key.key, name);
    trace_view_count(v, section_of(d->key.type), name, d->count);
}

/* --- all -------------------------------------------------------------------------------- */

static uint32_t take_vcpu(const struct kvm_snapshot *s, unsigned slot, struct trace_view *v)
{
    return trace_view_vcpu(v, s->slots_are_indices ? slot : s->thread[slot], s->thread[slot]);
}

static uint32_t take_kind(const struct kvm_snapshot *s, unsigned kind, struct trace_view *v)
{
    char name[TRACE_NAME_SIZE];
    name_kind(s->isa, kind, name);
    return trace_view_kind(v, PVB_CLASS_EXIT, name);
}

void trace_kvm_view(const struct kvm_snapshot *s, struct trace_view *v)
{
    static const char *const isa[] = {"unknown", "vmx", "svm"};
    v->isa = isa[s->isa];
    for (unsigned slot = 0; slot < KVM_VCPUS; slot++)
        if (s->thread[slot])
            take_vcpu(s, slot, v);
    for (size_t i = 0; i < s->fines; i++) {
        const struct kvm_fine_row *row = &s->fine[i];
        struct trace_part p = {.vcpu = take_vcpu(s, row->key.slot, v),
                               .kind = take_kind(s, row->key.kind, v),
                               .path = row->key.path,
                               .part = row->key.part,
                               .count = row->fine.count,
                               .sum = row->fine.sum,
                               .min = row->fine.min,
                               .max = row->fine.max};
        trace_view_part(v, &p);
    }
    for (size_t i = 0; i < s->under_ways; i++)
        trace_view_under_way(v, take_vcpu(s, s->under_way[i].slot, v), take_kind(s, s->under_way[i].kind, v));
    for (size_t i = 0; i < s->details; i++)
        take_detail(s, &s->detail[i], v);
    v->lost = (struct trace_lost){s->lost.stats > s->lost.fines ? s->lost.stats : s->lost.fines, s->lost.vcpus,
                                  s->lost.details, s->lost.records};
    trace_view_sort(v);
}

/* "port 0x80": the section's word in the singular. */
static void name_about(enum kvm_isa isa, const struct kvm_record *from, char *into)
{
    static const char *const words[] = {
        [KVM_DETAIL_PORT] = "port",          [KVM_DETAIL_MSR] = "MSR",   [KVM_DETAIL_HYPERCALL] = "hypercall",
        [KVM_DETAIL_HYPERV] = "hypercall",   [KVM_DETAIL_PAGE] = "page", [KVM_DETAIL_REASON] = "reason",
        [KVM_DETAIL_USERSPACE] = "userspace"};
    char name[TRACE_NAME_SIZE];
    if (from->type == KVM_DETAIL_NONE || from->type >= sizeof(words) / sizeof(words[0]))
        return;
    name_key(isa, from->kind, from->type, from->about, name);
    snprintf(into, TRACE_NAME_SIZE, "%s %.50s", words[from->type], name);
}

void trace_kvm_record(const struct kvm_probes *p, const struct kvm_record *from, struct trace_record *to)
{
    enum kvm_isa isa = kvm_probes_isa(p);
    to->since = from->since;
    to->until = from->until;
    to->address = from->address;
    to->vcpu = kvm_probes_vcpu(p, from->slot);
    to->through_userspace = from->path == KVM_THROUGH_USERSPACE;
    name_kind(isa, from->kind, to->kind);
    name_about(isa, from, to->about);
}
