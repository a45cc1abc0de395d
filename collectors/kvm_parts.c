/*
 * kvm_parts.c: see kvm_parts.h.
 *
 * Two counts of one time: the probes of entries take it from mark to mark, those of the parts from event to event.
 * What they differ by is nobody's: the probes themselves, above all. The parts are of the start that was watched, and
 * are never added up to a cost, which is of the other one.
 */
#include "collectors/kvm_parts.h"
#include "collectors/entries_json.h"

#define NO_WAYS "when the back end began and ended with each operation is not looked for on a host"

static json_t *parts_json(const struct region_document *d, const struct kvm_parts *p)
{
    const __u64 *part = p->told.part;
    json_int_t sum = 0;
    for (unsigned i = 0; i < KVM_PARTS; i++)
        sum += (json_int_t)part[i];
    return json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:n, s:n, s:{s:s, s:s, s:I}}", "unit",
                     d->m->unit, "class", d->m->class, "watched", 1, "samples", (json_int_t)p->samples, "total",
                     (json_int_t)p->total, "guest", (json_int_t)part[KVM_PART_GUEST], "hypervisor",
                     (json_int_t)part[KVM_PART_HYPERVISOR], "back_end_kernel", (json_int_t)part[KVM_PART_KERNEL],
                     "back_end_user", (json_int_t)part[KVM_PART_USER], "idle", (json_int_t)part[KVM_PART_IDLE],
                     "unattributed", (json_int_t)p->total - sum, "io_out", "io_in", "guest_said", "unit", "cycles",
                     "class", d->m->class, "total", (json_int_t)p->said);
}

void kvm_parts_region(const struct region_document *d, const struct kvm_parts *p, const char *why)
{
    json_object_set_new(d->object, "parts", why ? json_null() : parts_json(d, p));
    if (why) {
        region_unavailable(d, "parts", why);
        return;
    }
    region_unavailable(d, "parts.io_out", NO_WAYS);
    region_unavailable(d, "parts.io_in", NO_WAYS);
}
