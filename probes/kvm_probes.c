/* kvm_probes.c: the life of the probes: open, watch, read, close; kvm_probes.h says why. */
#include "probes/kvm_probes.h"
#include "probes/ebpf.h"
#include "probes/kvm_host.h"
#include "probes/kvm_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

/* Records for each region; a workload causes few kinds of exits. What finds no room is reported. */
#define STATS_OUTSIDE 256
#define STATS_REGION  12

struct kvm_probes {
    struct kvm_host host;
    struct kvm_object object;
    bool own_timers, no_address;
    unsigned open;
    char no_parts[256]; /* why not, though asked for */
    unsigned cpus;
    struct ring_buffer *ring;
    kvm_record_take *take; /* of kvm_probes_records(), while it runs */
    void *take_with;
};

/* There alone an argument was put between those of sched_switch. */
static bool has_other_arguments(void)
{
    struct utsname kernel;
    return uname(&kernel) == 0 && strncmp(kernel.release, "5.18.", 5) == 0;
}

/* Why the parts are not to be had; "": they may be. */
static void look_for_parts(struct kvm_probes *p)
{
    const struct kvm_host *h = &p->host;
    const char *lacking = NULL;
    for (unsigned e = KVM_EVENT_SWITCH; e <= KVM_EVENT_RETURN; e++)
        lacking = h->has[e] ? lacking : kvm_event_name((enum kvm_event)e);
    if (!h->typed)
        snprintf(p->no_parts, sizeof(p->no_parts), "%s",
                 h->untyped_reason[0] ? h->untyped_reason : "types are not to be used");
    else if (lacking)
        snprintf(p->no_parts, sizeof(p->no_parts), "the kernel has no type information (BTF) of %s", lacking);
    else if (has_other_arguments())
        snprintf(p->no_parts, sizeof(p->no_parts), "Linux 5.18 gives sched_switch other arguments");
}

static int load(struct kvm_probes *p, const struct kvm_probes_options *o)
{
    const struct kvm_host *h = &p->host;
    bool ticks = o->own_timers && h->has[KVM_EVENT_TIMER];
    struct kvm_settings settings = {
        .exact = o->exact,
        .by_vcpu = o->by_vcpu,
        .waits = o->waits,
        .trace = o->trace,
        .longer = o->records ? o->longer : ~0ull,
        .mark_port = o->mark_port ? o->mark_port : ~0u,
        .tick_function = ticks ? h->tick_function : 0,
        .sleep_function = h->sleep_function,
        .stats_max = 1 + STATS_OUTSIDE + STATS_REGION * o->regions,
        .at = h->at,
    };
    if (o->parts)
        look_for_parts(p);
    settings.parts = o->parts && !p->no_parts[0];
    int error = kvm_object_load(&p->object, h, &settings);
    if (!error || !settings.parts)
        return error;
    /* The entries are not to be lost with them. */
    snprintf(p->no_parts, sizeof(p->no_parts), "their eBPF probes cannot be loaded: %s%s", strerror(-error),
             ebpf_words());
    kvm_object_close(&p->object);
    settings.parts = false;
    return kvm_object_load(&p->object, h, &settings);
}

static int take_record(void *context, void *data, size_t size)
{
    const struct kvm_probes *p = context;
    if (size >= sizeof(struct kvm_record))
        p->take(p->take_with, data);
    return 0;
}

static int open_ring(struct kvm_probes *p)
{
    p->ring = ring_buffer__new(p->object.records, take_record, p, NULL);
    return p->ring ? 0 : -errno;
}

/* Intel's processors leave the guest's address in the VMCS, where only the classic tracepoint reads it. */
static bool look(struct kvm_probes *p, const struct kvm_probes_options *o, char *why, size_t why_size, char *mend,
                 size_t mend_size)
{
    if (!kvm_host_look(&p->host, o->classic, why, why_size, mend, mend_size))
        return false;
    if (!o->records || !p->host.typed || p->host.svm)
        return true;
    if (kvm_host_look(&p->host, true, why, why_size, mend, mend_size))
        return true;
    p->no_address = true;
    return kvm_host_look(&p->host, false, why, why_size, mend, mend_size);
}

static struct kvm_probes *open_or_mend(const struct kvm_probes_options *options, char *why, size_t why_size, char *mend,
                                       size_t mend_size)
{
    if (!kvm_host_allows(why, why_size, mend, mend_size))
        return NULL;
    struct kvm_probes *p = calloc(1, sizeof(*p));
    if (!p) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    ebpf_listen();
    int cpus = libbpf_num_possible_cpus();
    p->cpus = cpus > 0 ? (unsigned)cpus : 1;
    p->own_timers = options->own_timers;
    p->open = options->open;
    if (!look(p, options, why, why_size, mend, mend_size)) {
        kvm_probes_close(p);
        return NULL;
    }
    int error = load(p, options);
    if (!error && options->records)
        error = open_ring(p);
    if (error) {
        snprintf(why, why_size, "the eBPF probes cannot be loaded: %s%s", strerror(-error), ebpf_words());
        snprintf(mend, mend_size, "a kernel of 5.15 or later with CONFIG_BPF_SYSCALL and CONFIG_DEBUG_INFO_BTF");
        kvm_probes_close(p);
        return NULL;
    }
    return p;
}

struct kvm_probes *kvm_probes_open(const struct kvm_probes_options *options, char *why, size_t why_size)
{
    char mend[128];
    return open_or_mend(options, why, why_size, mend, sizeof(mend));
}

/* Before anything is counted. */
static void open_region(struct kvm_probes *p, unsigned region)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    *p->object.region = region;
    *p->object.region_since = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    p->object.regions[region].begun = 1;
}

void kvm_probes_watch(struct kvm_probes *p, pid_t process)
{
    char vhost[16] = "";
    snprintf(vhost, sizeof(vhost), "vhost-%d", (int)process);
    if (p->object.vhost_name)
        memcpy(p->object.vhost_name, vhost, sizeof(vhost));
    if (p->open && p->open < KVM_REGIONS)
        open_region(p, p->open);
    __atomic_store_n(p->object.target, (uint32_t)process, __ATOMIC_RELEASE);
}

void kvm_probes_stop(struct kvm_probes *p)
{
    kvm_object_detach(&p->object);
}

void kvm_probes_close(struct kvm_probes *p)
{
    if (!p)
        return;
    ring_buffer__free(p->ring);
    kvm_object_close(&p->object);
    free(p);
}

const char *kvm_probes_way(const struct kvm_probes *p)
{
    return p->host.typed ? "tp_btf" : "tracepoint";
}

const char *kvm_probes_no_address(const struct kvm_probes *p)
{
    return p->no_address ? "it needs /sys/kernel/tracing (mount -t tracefs none /sys/kernel/tracing)" : NULL;
}

uint32_t kvm_probes_vcpu(const struct kvm_probes *p, unsigned slot)
{
    return p->host.typed ? slot : (uint32_t)p->object.vcpus[slot & (KVM_VCPUS - 1)].thread;
}

enum kvm_isa kvm_probes_isa(const struct kvm_probes *p)
{
    return (enum kvm_isa) * p->object.isa;
}

bool kvm_probes_records(struct kvm_probes *p, kvm_record_take *take, void *with, char *why, size_t why_size)
{
    p->take = take;
    p->take_with = with;
    int n = p->ring ? ring_buffer__consume(p->ring) : 0;
    if (n < 0)
        snprintf(why, why_size, "the probes' records cannot be read: %s", strerror(-n));
    return n >= 0;
}

/* --- reading --------------------------------------------------------------------------- */

static bool read_row(struct kvm_probes *p, struct kvm_snapshot *s, uint32_t id, unsigned place, struct kvm_stat *values)
{
    if (bpf_map_lookup_elem(p->object.stats, &id, values))
        return false;
    struct kvm_row row = {.region = kvm_place_region(place) % KVM_REGIONS,
                          .of_others = kvm_place_region(place) >= KVM_REGIONS,
                          .path = kvm_place_path(place),
                          .kind = kvm_place_kind(place)};
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
    const uint32_t *stat_of = p->object.stat_of;
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

/* Keys of a table are distinct: only the first `others` rows, from elsewhere, may have the same. */
static bool add_detail(struct kvm_snapshot *s, size_t others, const struct kvm_detail_key *key, uint64_t count)
{
    for (size_t i = 0; i < others; i++)
        if (memcmp(&s->detail[i].key, key, sizeof(*key)) == 0) {
            s->detail[i].count += count;
            return true;
        }
    struct kvm_detail_row *more = realloc(s->detail, (s->details + 1) * sizeof(*more));
    if (!more)
        return false;
    s->detail = more;
    s->detail[s->details] = (struct kvm_detail_row){*key, count};
    s->detail[s->details++].key.region %= KVM_REGIONS;
    return true;
}

static bool read_table(int fd, unsigned cpus, struct kvm_snapshot *s, size_t others)
{
    uint64_t *values = calloc(cpus, sizeof(*values));
    struct kvm_detail_key key, next, *at = NULL;
    bool good = values != NULL;
    while (good && bpf_map_get_next_key(fd, at, &next) == 0) {
        uint64_t count = 0;
        key = next;
        at = &key;
        if (bpf_map_lookup_elem(fd, &key, values))
            continue;
        for (unsigned cpu = 0; cpu < cpus; cpu++)
            count += values[cpu];
        good = add_detail(s, others, &key, count);
    }
    free(values);
    return good;
}

static bool read_details(struct kvm_probes *p, struct kvm_snapshot *s)
{
    bool good = true;
    size_t others = s->details;
    for (unsigned i = 0; i < 3 && good; i++)
        good = read_table(p->object.details[i], p->cpus, s, others);
    return good;
}

static bool read_fines(struct kvm_probes *p, struct kvm_snapshot *s)
{
    struct kvm_fine_key key, next, *at = NULL;
    size_t room = 0;
    while (p->object.fines >= 0 && bpf_map_get_next_key(p->object.fines, at, &next) == 0) {
        key = next;
        at = &key;
        if (s->fines == room) {
            room = room ? 2 * room : 256;
            struct kvm_fine_row *more = realloc(s->fine, room * sizeof(*more));
            if (!more)
                return false;
            s->fine = more;
        }
        struct kvm_fine_row *row = &s->fine[s->fines];
        row->key = key;
        /* It is made before it counts. */
        if (bpf_map_lookup_elem(p->object.fines, &key, &row->fine) == 0 && row->fine.count)
            s->fines++;
    }
    return true;
}

/* What the vCPUs hold themselves: details in a row, and exits that no entry has followed. */
static bool read_vcpus(struct kvm_probes *p, struct kvm_snapshot *s)
{
    bool good = true;
    s->under_way = calloc(KVM_VCPUS, sizeof(*s->under_way));
    if (!s->under_way)
        return false;
    for (unsigned i = 0; i < KVM_VCPUS && good; i++) {
        const struct kvm_vcpu_state v = p->object.vcpus[i];
        if (!v.vcpu)
            continue;
        s->thread[i] = (uint32_t)v.thread;
        if (v.exit_flags & KVM_EXIT_UNDER_WAY)
            s->under_way[s->under_ways++] =
                (struct kvm_under_way){kvm_place_region(v.place) % KVM_REGIONS, kvm_place_kind(v.place), i};
        struct kvm_detail_key key = kvm_sort_key(v.detail_sort, v.detail_key);
        if (v.detail_count)
            good = add_detail(s, s->details, &key, v.detail_count);
        key = kvm_userspace_key(v.userspace);
        if (v.userspace_count)
            good = good && add_detail(s, s->details, &key, v.userspace_count);
    }
    return good;
}

bool kvm_probes_read(struct kvm_probes *p, struct kvm_snapshot *s, char *why, size_t why_size)
{
    memset(s, 0, sizeof(*s));
    s->isa = (enum kvm_isa) * p->object.isa;
    s->lost = *p->object.lost;
    s->no_ticks = p->own_timers ? p->host.no_ticks : NULL;
    memcpy(s->region, p->object.regions, sizeof(s->region));
    s->no_parts = p->no_parts[0] ? p->no_parts : NULL;
    if (p->object.parts)
        memcpy(s->parts, p->object.parts, sizeof(s->parts));
    s->slots_are_indices = p->host.typed;
    if (read_vcpus(p, s) && read_rows(p, s) && read_details(p, s) && read_fines(p, s))
        return true;
    snprintf(why, why_size, "the probes' tables cannot be read: %s", strerror(errno));
    kvm_snapshot_free(s);
    return false;
}

bool kvm_probes_check(char *why, size_t why_size, char *mend, size_t mend_size)
{
    const struct kvm_probes_options options = {.regions = 0};
    struct kvm_probes *p = open_or_mend(&options, why, why_size, mend, mend_size);
    if (!p)
        return false;
    const struct kvm_host *h = &p->host;
    snprintf(why, why_size, "kvm's exits can be counted by eBPF (%s%s%s)%s%s", kvm_probes_way(p),
             h->typed ? "" : "; slower: ", h->untyped_reason, h->no_ticks ? ", the host's own ticks not apart: " : "",
             h->no_ticks ? h->no_ticks : "");
    kvm_probes_close(p);
    return true;
}
