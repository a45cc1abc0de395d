/* kvm_object.c: two skeletons behind one interface; kvm_object.h says why. */
#include "probes/kvm_object.h"
#include "probes/kvm.skel.h"
#include "probes/kvm_classic.skel.h"

#include <bpf/libbpf.h>
#include <errno.h>

#define TAKE_TABLES(o, s)                                                                                              \
    ((o)->target = &(s)->bss->target, (o)->isa = &(s)->bss->isa, (o)->stat_of = (s)->bss->stat_of,                     \
     (o)->vcpus = (s)->bss->vcpus, (o)->regions = (s)->bss->regions, (o)->lost = &(s)->bss->lost,                      \
     (o)->region = &(s)->bss->region, (o)->region_since = &(s)->bss->region_since,                                     \
     (o)->stats = bpf_map__fd((s)->maps.stats), (o)->details[0] = bpf_map__fd((s)->maps.reasons),                      \
     (o)->details[1] = bpf_map__fd((s)->maps.numbers), (o)->details[2] = bpf_map__fd((s)->maps.pages),                 \
     (o)->fines = bpf_map__fd((s)->maps.fines), (o)->records = bpf_map__fd((s)->maps.records))

/* Tables for which there is no use take no memory. */
#define SIZE_TABLES(s, settings)                                                                                       \
    (bpf_map__set_autocreate((s)->maps.fines, (settings)->trace) ||                                                    \
     bpf_map__set_autocreate((s)->maps.records, (settings)->trace) ||                                                  \
     bpf_map__set_max_entries((s)->maps.records, (settings)->longer == ~0ull ? 4096 : KVM_RECORDS_SIZE) ||             \
     bpf_map__set_max_entries((s)->maps.stats, (settings)->stats_max))

struct choice {
    struct bpf_program *program;
    enum kvm_event event;
    bool shape;
};

static void choose(const struct choice *choice, size_t n, const struct kvm_host *h)
{
    for (size_t i = 0; i < n; i++)
        bpf_program__set_autoload(choice[i].program, h->has[choice[i].event] && choice[i].shape);
}

static int load_typed(struct kvm_object *o, const struct kvm_host *h, const struct kvm_settings *settings)
{
    struct kvm_bpf *s = o->typed = kvm_bpf__open();
    if (!s)
        return -errno;
    const struct choice choices[] = {
        {s->progs.fast_svm_exit, KVM_EVENT_EXIT, h->svm && !h->exit_has_reason},
        {s->progs.fast_svm_exit_reason, KVM_EVENT_EXIT, h->svm && h->exit_has_reason},
        {s->progs.fast_vmx_exit, KVM_EVENT_EXIT, !h->svm && !h->exit_has_reason},
        {s->progs.fast_vmx_exit_reason, KVM_EVENT_EXIT, !h->svm && h->exit_has_reason},
        {s->progs.fast_others_exit, KVM_EVENT_EXIT, settings->by_vcpu && !h->exit_has_reason},
        {s->progs.fast_others_exit_reason, KVM_EVENT_EXIT, settings->by_vcpu && h->exit_has_reason},
        {s->progs.fast_entry, KVM_EVENT_ENTRY, !settings->exact && !settings->parts && !settings->trace},
        {s->progs.fast_entry_exact, KVM_EVENT_ENTRY, settings->exact && !settings->parts},
        /* AMD's VMCB says what they would. */
        {s->progs.fast_pio, KVM_EVENT_PIO, !h->svm},
        {s->progs.fast_mmio, KVM_EVENT_MMIO, !h->svm},
        {s->progs.fast_fast_mmio, KVM_EVENT_FAST_MMIO, !h->svm},
        {s->progs.fast_page_fault, KVM_EVENT_PAGE_FAULT, !h->svm && h->fault_has_vcpu},
        {s->progs.fast_page_fault_address, KVM_EVENT_PAGE_FAULT, !h->svm && !h->fault_has_vcpu},
        {s->progs.fast_userspace, KVM_EVENT_USERSPACE, true},
        {s->progs.fast_injected, KVM_EVENT_INJECTED, true},
        {s->progs.fast_tsc_offset, KVM_EVENT_TSC_OFFSET, true},
        {s->progs.fast_wakeup, KVM_EVENT_WAKEUP, true},
        {s->progs.fast_timer, KVM_EVENT_TIMER, settings->tick_function != 0},
        {s->progs.fast_entry_trace, KVM_EVENT_ENTRY, settings->trace},
        {s->progs.trace_svm_exit, KVM_EVENT_EXIT, settings->trace && h->svm && !h->exit_has_reason},
        {s->progs.trace_svm_exit_reason, KVM_EVENT_EXIT, settings->trace && h->svm && h->exit_has_reason},
        {s->progs.fast_entry_parts, KVM_EVENT_ENTRY, settings->parts},
        {s->progs.parts_exit, KVM_EVENT_EXIT, settings->parts},
        {s->progs.parts_switch, KVM_EVENT_SWITCH, settings->parts},
        {s->progs.parts_call, KVM_EVENT_CALL, settings->parts},
        {s->progs.parts_return, KVM_EVENT_RETURN, settings->parts},
    };
    o->skeleton = s->skeleton;
    s->rodata->settings = *settings;
    choose(choices, sizeof(choices) / sizeof(choices[0]), h);
    int error = SIZE_TABLES(s, settings) ? -EINVAL : bpf_object__load_skeleton(s->skeleton);
    if (!error) {
        TAKE_TABLES(o, s);
        *o->isa = h->svm ? KVM_ISA_IS_SVM : KVM_ISA_IS_VMX;
        o->parts = settings->parts ? s->bss->parts : NULL;
        o->vhost_name = s->bss->vhost_name;
    }
    return error;
}

static int load_classic(struct kvm_object *o, const struct kvm_host *h, const struct kvm_settings *settings)
{
    struct kvm_classic_bpf *s = o->classic = kvm_classic_bpf__open();
    if (!s)
        return -errno;
    const struct choice choices[] = {
        {s->progs.classic_exit, KVM_EVENT_EXIT, true},
        {s->progs.classic_entry, KVM_EVENT_ENTRY, !settings->trace},
        {s->progs.classic_entry_trace, KVM_EVENT_ENTRY, settings->trace},
        {s->progs.classic_trace_exit, KVM_EVENT_EXIT, settings->trace},
        {s->progs.classic_pio, KVM_EVENT_PIO, true},
        {s->progs.classic_userspace, KVM_EVENT_USERSPACE, true},
        {s->progs.classic_hypercall, KVM_EVENT_HYPERCALL, true},
        {s->progs.classic_msr, KVM_EVENT_MSR, true},
        {s->progs.classic_mmio, KVM_EVENT_MMIO, true},
        {s->progs.classic_fast_mmio, KVM_EVENT_FAST_MMIO, true},
        {s->progs.classic_page_fault, KVM_EVENT_PAGE_FAULT, true},
        {s->progs.classic_injected, KVM_EVENT_INJECTED, true},
        {s->progs.classic_wakeup, KVM_EVENT_WAKEUP, true},
        {s->progs.classic_timer, KVM_EVENT_TIMER, settings->tick_function != 0},
    };
    o->skeleton = s->skeleton;
    s->rodata->settings = *settings;
    choose(choices, sizeof(choices) / sizeof(choices[0]), h);
    int error = SIZE_TABLES(s, settings) ? -EINVAL : bpf_object__load_skeleton(s->skeleton);
    if (!error)
        TAKE_TABLES(o, s);
    return error;
}

int kvm_object_load(struct kvm_object *o, const struct kvm_host *h, const struct kvm_settings *settings)
{
    int error = (h->typed ? load_typed : load_classic)(o, h, settings);
    return error ? error : bpf_object__attach_skeleton(o->skeleton);
}

void kvm_object_detach(struct kvm_object *o)
{
    bpf_object__detach_skeleton(o->skeleton);
}

void kvm_object_close(struct kvm_object *o)
{
    kvm_bpf__destroy(o->typed);
    kvm_classic_bpf__destroy(o->classic);
    *o = (struct kvm_object){0};
}
