/* kvm_probes.c: the life of the probes: open, watch, read, close; kvm_probes.h says why. */
#include "probes/kvm_probes.h"
#include "probes/ebpf.h"
#include "probes/kvm_host.h"
#include "probes/kvm.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Records for each region; a workload causes few kinds of exits. What finds no room is reported. */
#define STATS_OUTSIDE 256
#define STATS_REGION  12

struct kvm_probes {
    struct kvm_bpf *skel;
    struct kvm_host host;
    unsigned cpus;
};

static void choose_programs(const struct kvm_probes *p, bool exact)
{
    const struct kvm_bpf *s = p->skel;
    const struct kvm_host *h = &p->host;
    const struct {
        const struct bpf_program *program;
        enum kvm_event event;
        bool typed, shape;
    } programs[] = {
        {s->progs.fast_svm_exit, KVM_EVENT_EXIT, true, h->svm && !h->exit_has_reason},
        {s->progs.fast_svm_exit_reason, KVM_EVENT_EXIT, true, h->svm && h->exit_has_reason},
        {s->progs.fast_vmx_exit, KVM_EVENT_EXIT, true, !h->svm && !h->exit_has_reason},
        {s->progs.fast_vmx_exit_reason, KVM_EVENT_EXIT, true, !h->svm && h->exit_has_reason},
        {s->progs.fast_entry, KVM_EVENT_ENTRY, true, !exact},
        {s->progs.fast_entry_exact, KVM_EVENT_ENTRY, true, exact},
        /* AMD's VMCB says what they would. */
        {s->progs.fast_pio, KVM_EVENT_PIO, true, !h->svm},
        {s->progs.fast_mmio, KVM_EVENT_MMIO, true, !h->svm},
        {s->progs.fast_fast_mmio, KVM_EVENT_FAST_MMIO, true, !h->svm},
        {s->progs.fast_page_fault, KVM_EVENT_PAGE_FAULT, true, !h->svm && h->fault_has_vcpu},
        {s->progs.fast_page_fault_address, KVM_EVENT_PAGE_FAULT, true, !h->svm && !h->fault_has_vcpu},
        {s->progs.fast_userspace, KVM_EVENT_USERSPACE, true, true},
        {s->progs.fast_injected, KVM_EVENT_INJECTED, true, true},
        {s->progs.fast_wakeup, KVM_EVENT_WAKEUP, true, true},
        {s->progs.fast_timer, KVM_EVENT_TIMER, true, true},
        {s->progs.classic_exit, KVM_EVENT_EXIT, false, true},
        {s->progs.classic_entry, KVM_EVENT_ENTRY, false, true},
        {s->progs.classic_pio, KVM_EVENT_PIO, false, true},
        {s->progs.classic_userspace, KVM_EVENT_USERSPACE, false, true},
        {s->progs.classic_hypercall, KVM_EVENT_HYPERCALL, false, true},
        {s->progs.classic_msr, KVM_EVENT_MSR, false, true},
        {s->progs.classic_mmio, KVM_EVENT_MMIO, false, true},
        {s->progs.classic_fast_mmio, KVM_EVENT_FAST_MMIO, false, true},
        {s->progs.classic_page_fault, KVM_EVENT_PAGE_FAULT, false, true},
        {s->progs.classic_injected, KVM_EVENT_INJECTED, false, true},
        {s->progs.classic_wakeup, KVM_EVENT_WAKEUP, false, true},
        {s->progs.classic_timer, KVM_EVENT_TIMER, false, true},
    };
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        bpf_program__set_autoload((struct bpf_program *)programs[i].program,
                                  programs[i].typed == h->typed && h->has[programs[i].event] && programs[i].shape);
}

static int load(struct kvm_probes *p, const struct kvm_probes_options *o)
{
    p->skel = kvm_bpf__open();
    if (!p->skel)
        return -errno;
    uint32_t stats = 1 + STATS_OUTSIDE + STATS_REGION * o->regions;
    p->skel->rodata->exact = o->exact;
    p->skel->rodata->waits = o->waits;
    p->skel->rodata->mark_port = o->mark_port ? o->mark_port : ~0u;
    p->skel->rodata->tick_function = p->host.has[KVM_EVENT_TIMER] ? p->host.tick_function : 0;
    p->skel->rodata->sleep_function = p->host.sleep_function;
    p->skel->rodata->stats_max = stats;
    p->skel->rodata->at = p->host.at;
    if (p->host.typed)
        p->skel->bss->isa = p->host.svm ? KVM_ISA_IS_SVM : KVM_ISA_IS_VMX;
    choose_programs(p, o->exact);
    int error = bpf_map__set_max_entries(p->skel->maps.stats, stats);
    error = error ? error : kvm_bpf__load(p->skel);
    return error ? error : kvm_bpf__attach(p->skel);
}

struct kvm_probes *kvm_probes_open(const struct kvm_probes_options *options, char *why, size_t why_size)
{
    char mend[128];
    if (!kvm_host_allows(why, why_size, mend, sizeof(mend)))
        return NULL;
    struct kvm_probes *p = calloc(1, sizeof(*p));
    if (!p) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    ebpf_listen();
    int cpus = libbpf_num_possible_cpus();
    p->cpus = cpus > 0 ? (unsigned)cpus : 1;
    if (!kvm_host_look(&p->host, options->classic, why, why_size)) {
        kvm_probes_close(p);
        return NULL;
    }
    p->host.has[KVM_EVENT_TIMER] &= options->own_timers && p->host.tick_function;
    int error = load(p, options);
    if (error) {
        snprintf(why, why_size, "the eBPF probes cannot be loaded: %s%s", strerror(-error), ebpf_words());
        kvm_probes_close(p);
        return NULL;
    }
    return p;
}

void kvm_probes_watch(struct kvm_probes *p, pid_t process)
{
    __atomic_store_n(&p->skel->bss->target, (uint32_t)process, __ATOMIC_RELEASE);
}

void kvm_probes_stop(struct kvm_probes *p)
{
    kvm_bpf__detach(p->skel);
}

void kvm_probes_close(struct kvm_probes *p)
{
    if (!p)
        return;
    kvm_bpf__destroy(p->skel);
    free(p);
}

const char *kvm_probes_way(const struct kvm_probes *p)
{
    return p->host.typed ? "tp_btf" : "tracepoint";
}

/* --- reading --------------------------------------------------------------------------- */

static bool read_row(struct kvm_probes *p, struct kvm_snapshot *s, uint32_t id, unsigned place, struct kvm_stat *values)
{
    if (bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.stats), &id, values))
        return false;
    struct kvm_row row = {
        .region = kvm_place_region(place), .path = kvm_place_path(place), .kind = kvm_place_kind(place)};
    for (unsigned cpu = 0; cpu < p->cpus; cpu++)
        if (!kvm_cost_add(&row.cost, &values[cpu]))
            return false;
    /* A number is given before its first cost is entered. */
    if (row.cost.count)
        s->row[s->rows++] = row;
    else
        free(row.cost.distinct);
    return true;
}

static bool read_rows(struct kvm_probes *p, struct kvm_snapshot *s)
{
    const uint32_t *stat_of = p->skel->bss->stat_of;
    struct kvm_stat *values = calloc(p->cpus, sizeof(*values));
    size_t n = 0;
    for (unsigned at = 0; at < KVM_PLACES; at++)
        n += stat_of[at] != 0;
    s->row = calloc(n + 1, sizeof(*s->row));
    bool good = values && s->row;
    /* Others may be added meanwhile; they come with the next reading. */
    for (unsigned at = 0; good && at < KVM_PLACES && s->rows < n; at++)
        if (stat_of[at])
            good = read_row(p, s, stat_of[at], at, values);
    free(values);
    return good;
}

static bool add_detail(struct kvm_snapshot *s, const struct kvm_detail_key *key, uint64_t count)
{
    for (size_t i = 0; i < s->details; i++)
        if (memcmp(&s->detail[i].key, key, sizeof(*key)) == 0) {
            s->detail[i].count += count;
            return true;
        }
    struct kvm_detail_row *more = realloc(s->detail, (s->details + 1) * sizeof(*more));
    if (!more)
        return false;
    s->detail = more;
    s->detail[s->details++] = (struct kvm_detail_row){*key, count};
    return true;
}

static bool read_details(struct kvm_probes *p, struct kvm_snapshot *s)
{
    int fd = bpf_map__fd(p->skel->maps.details);
    uint64_t *values = calloc(p->cpus, sizeof(*values));
    struct kvm_detail_key key, next, *at = NULL;
    bool good = values != NULL;
    while (good && bpf_map_get_next_key(fd, at, &next) == 0) {
        uint64_t count = 0;
        key = next;
        at = &key;
        if (bpf_map_lookup_elem(fd, &key, values))
            continue;
        for (unsigned cpu = 0; cpu < p->cpus; cpu++)
            count += values[cpu];
        good = add_detail(s, &key, count);
    }
    free(values);
    return good;
}

/* What the vCPUs hold themselves: details in a row, and exits that no entry has followed. */
static bool read_vcpus(struct kvm_probes *p, struct kvm_snapshot *s)
{
    bool good = true;
    s->under_way = calloc(KVM_VCPUS, sizeof(*s->under_way));
    if (!s->under_way)
        return false;
    for (unsigned i = 0; i < KVM_VCPUS && good; i++) {
        const struct kvm_vcpu_state v = p->skel->bss->vcpus[i];
        if (!v.vcpu)
            continue;
        if (v.exit_flags & KVM_EXIT_UNDER_WAY)
            s->under_way[s->under_ways++] = (struct kvm_under_way){kvm_place_region(v.place), kvm_place_kind(v.place)};
        struct kvm_detail_key key = kvm_sort_key(v.detail_sort, v.detail_key);
        if (v.detail_count)
            good = add_detail(s, &key, v.detail_count);
        key = kvm_userspace_key(v.userspace);
        if (v.userspace_count)
            good = good && add_detail(s, &key, v.userspace_count);
    }
    return good;
}

bool kvm_probes_read(struct kvm_probes *p, struct kvm_snapshot *s, char *why, size_t why_size)
{
    memset(s, 0, sizeof(*s));
    s->isa = (enum kvm_isa)p->skel->bss->isa;
    s->lost = p->skel->bss->lost;
    memcpy(s->region, p->skel->bss->regions, sizeof(s->region));
    if (read_vcpus(p, s) && read_rows(p, s) && read_details(p, s))
        return true;
    snprintf(why, why_size, "the probes' tables cannot be read: %s", strerror(errno));
    kvm_snapshot_free(s);
    return false;
}

bool kvm_probes_check(char *why, size_t why_size, char *mend, size_t mend_size)
{
    const struct kvm_probes_options options = {.regions = 0};
    if (!kvm_host_allows(why, why_size, mend, mend_size))
        return false;
    struct kvm_probes *p = kvm_probes_open(&options, why, why_size);
    if (!p) {
        snprintf(mend, mend_size,
                 "a kernel of 5.15 or later with CONFIG_BPF_SYSCALL, CONFIG_DEBUG_INFO_BTF and tracefs");
        return false;
    }
    snprintf(why, why_size, "kvm's exits can be counted by eBPF (%s%s%s)", kvm_probes_way(p),
             p->host.typed ? "" : "; slower: ", p->host.untyped_reason);
    kvm_probes_close(p);
    return true;
}
