/*
 * kvm_ebpf.c: the collector of KVM's exits, counted in the kernel by the
 * probes; their cost is the time from exit to entry, blocked time left out.
 *
 * An exit because of an interrupt of the host's own is none that the guest
 * caused: it stands on the host's side, not among the entries. What found
 * no room, and marks that contradict each other, become the regions' fault.
 */
#include "collectors/kvm_ebpf.h"
#include "collectors/collector.h"
#include "collectors/entries_json.h"
#include "collectors/entry_names.h"
#include "collectors/kvm_names.h"
#include "collectors/kvm_parts.h"
#include "common/memory.h"

#include "probes/kvm_host.h"

#include <cpuid.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What happened on the host's side of a region without being an entry: never part of the entries' sum. */
struct side {
    bool seen;
    const char *isa;      /* of the exits: "svm" or "vmx" */
    uint64_t ticks;       /* exits because of the host's own interrupts: its tick, devices, threads that wake */
    const char *no_ticks; /* why they are not told apart from the guest's, or NULL */
    struct entry_detail *userspace, *injected;
    size_t userspaces, injecteds;
    struct kvm_parts parts;
};

struct kvm_ebpf {
    struct kvm_probes *probes; /* while the guest runs */
    unsigned regions;
    struct side *side;
    char no_parts[PVB_REASON_SIZE]; /* why the parts are not known; empty: they are */
    bool taken;                     /* a snapshot was: */
    uint64_t exits;                 /* in it, of regions and of none */
};

static void *kvm_open(struct observation *o)
{
    struct kvm_ebpf *k = memory_zeroed(1, sizeof(*k));
    k->regions = o->books.regions;
    k->side = memory_zeroed(k->regions, sizeof(*k->side));
    return k;
}

static void kvm_close(void *state)
{
    struct kvm_ebpf *k = state;
    if (k->probes)
        kvm_probes_close(k->probes);
    for (unsigned i = 0; i < k->regions; i++) {
        free(k->side[i].userspace);
        free(k->side[i].injected);
    }
    free(k->side);
    free(k);
}

uint64_t kvm_entry_code(enum kvm_isa isa, unsigned kind)
{
    uint64_t reason = kvm_reason_of(kind);
    if (reason == ~0ull || isa == KVM_ISA_UNKNOWN)
        return ~0ull;
    return isa == KVM_ISA_IS_VMX ? PVB_VMX + reason : reason;
}

static void fault_all(struct observation *o, const char *why)
{
    for (unsigned i = 0; i < o->books.regions; i++)
        region_fault(&o->books.region[i], "%s", why);
}

/* Where nothing may be lost, something was. */
static void fault_lost(struct observation *o, uint64_t n, const char *what)
{
    char why[PVB_REASON_SIZE];
    snprintf(why, sizeof(why), "%" PRIu64 " %s", n, what);
    if (n)
        fault_all(o, why);
}

/* --- costs ------------------------------------------------------------------ */

/* By its place in the probes' tables, where 0 is none. NULL: it is none of this boot's. */
static struct region *region_of(struct observation *o, unsigned place)
{
    return place ? books_at(&o->books, (struct book_key){.region = place - 1}) : NULL;
}

/* Two ascending lists become one. */
static bool merge_costs(struct distribution *d, const struct kvm_cost *c)
{
    struct distribution sum = {0};
    size_t i = 0, j = 0;
    bool good = true;
    while (good && (i < d->items || j < c->distincts)) {
        uint64_t left = i < d->items ? d->item[i].value : UINT64_MAX;
        uint64_t right = j < c->distincts ? c->distinct[j].value : UINT64_MAX;
        uint64_t value = left < right ? left : right, count = 0;
        if (left == value)
            count += d->item[i++].count;
        if (right == value)
            count += c->distinct[j++].times;
        good = distribution_add(&sum, value, count);
    }
    distribution_free(d);
    *d = sum;
    return good;
}

static void take_path(struct entry_path *p, const struct kvm_cost *c)
{
    struct entry_path more = {.count = c->count, .total = c->sum, .min = c->min, .max = c->max};
    _Static_assert(PVB_LOG2 == KVM_LOG2, "the same buckets");
    memcpy(more.log2, c->log2, sizeof(more.log2));
    path_add(p, &more);
}

static void take_cost(struct region *r, const struct kvm_row *row, enum kvm_isa isa)
{
    const struct kvm_cost *c = &row->cost;
    struct entry_kind *k = region_kind(r, PVB_CLASS_EXIT, kvm_entry_code(isa, row->kind));
    if (!k) {
        region_fault(r, "out of memory");
        return;
    }
    if (!kind_add(k, c->count, c->sum, c->min, c->max))
        region_fault(r, "the costs are more than can be counted");
    if (row->of_others && !region_add_other(r, k->class, k->code, c->count))
        region_fault(r, "out of memory");
    take_path(row->path == KVM_THROUGH_USERSPACE ? &k->userspace : &k->in_kernel, c);
    if (c->distincts) {
        k->has_costs = true;
        if (!merge_costs(&k->costs, c))
            region_fault(r, "the costs do not add up");
    }
    k->costs_rest = k->has_costs ? k->count - k->costs.count : 0;
}

/* --- details ---------------------------------------------------------------- */

static void add_count(struct region *r, struct entry_detail **list, size_t *n, uint64_t key, uint64_t count)
{
    if (!counts_add(list, n, key, count))
        region_fault(r, "out of memory");
}

static void take_detail(struct region *r, struct side *side, const struct kvm_detail_row *d, enum kvm_isa isa)
{
    uint64_t key = d->key.key, code = kvm_entry_code(isa, d->key.kind);
    if (d->key.type == KVM_DETAIL_USERSPACE) {
        add_count(r, &side->userspace, &side->userspaces, key, d->count);
        return;
    }
    if (d->key.type == KVM_DETAIL_INJECTED) {
        add_count(r, &side->injected, &side->injecteds, key, d->count);
        return;
    }
    if (d->key.type == KVM_DETAIL_HYPERCALL)
        key |= PVB_DETAIL_KVM;
    if (d->key.type == KVM_DETAIL_HYPERV)
        key |= PVB_DETAIL_HYPERV;
    struct entry_kind *k = region_find(r, PVB_CLASS_EXIT, code);
    if (!k)
        return;
    k->has_details = true;
    /* The rest is what is missing to the kind's count. */
    if (!d->key.rest)
        add_count(r, &k->detail, &k->details, key, d->count);
}

static void finish_details(struct region *r)
{
    for (size_t i = 0; i < r->kinds; i++) {
        struct entry_kind *k = &r->kind[i];
        uint64_t told = 0;
        for (size_t j = 0; j < k->details; j++)
            told += k->detail[j].count;
        if (told > k->count)
            region_fault(r, "exit code %" PRIu64 " has %" PRIu64 " details for %" PRIu64 " exits", k->code, told,
                         k->count);
        else if (k->has_details)
            k->details_rest = k->count - told;
    }
}

/* --- the whole ---------------------------------------------------------------- */

static void take_regions(struct observation *o, struct kvm_ebpf *k, const struct kvm_snapshot *s)
{
    for (unsigned id = 0; id + 1 < KVM_REGIONS; id++) {
        const struct kvm_region_state *state = &s->region[id + 1];
        struct region *r = state->begun ? region_of(o, id + 1) : NULL;
        if (!r)
            continue;
        r->seen = r->closed = true;
        r->torn = state->begun != state->ended;
        r->spans = state->begun;
        r->ticks = state->ticks;
        const char *isa = s->isa == KVM_ISA_IS_VMX ? "vmx" : s->isa == KVM_ISA_IS_SVM ? "svm" : "unknown";
        k->side[id].seen = true;
        k->side[id].no_ticks = s->no_ticks;
        k->side[id].isa = isa;
    }
}

/* All of them, also those before it settled. */
static uint64_t samples_sum(const struct bench *b)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < b->series_count; i++)
        sum += b->series[i];
    for (size_t i = 0; i < b->samples.items && !b->series; i++)
        sum += b->samples.item[i].value * b->samples.item[i].count;
    return sum;
}

/* The guest's own words are those of this start as long as it is not over. */
static void take_parts(const struct observation *o, struct kvm_ebpf *k, const struct kvm_snapshot *s)
{
    for (unsigned i = 0; i < o->count; i++) {
        k->side[PVB_REGION_COLD(i)].parts = (struct kvm_parts){.samples = 1, .said = o->bench[i].cold};
        k->side[PVB_REGION_STEADY(i)].parts =
            (struct kvm_parts){.samples = o->asked[i].iterations, .said = samples_sum(&o->bench[i])};
    }
    for (unsigned id = 0; id < k->regions && id + 1 < KVM_REGIONS; id++) {
        k->side[id].parts.total = s->region[id + 1].ticks;
        k->side[id].parts.told = s->parts[id + 1];
    }
    if (s->no_parts)
        snprintf(k->no_parts, sizeof(k->no_parts), "%s", s->no_parts);
    else if (s->lost.threads)
        snprintf(k->no_parts, sizeof(k->no_parts), "%" PRIu64 " threads found no room in the probes' tables",
                 (uint64_t)s->lost.threads);
}

static uint64_t all_exits(const struct kvm_snapshot *s)
{
    uint64_t exits = s->under_ways;
    for (size_t i = 0; i < s->rows; i++)
        exits += s->row[i].cost.count;
    return exits;
}

bool kvm_ebpf_exits(const void *state, uint64_t *exits)
{
    const struct kvm_ebpf *k = state;
    *exits = k->exits;
    return k->taken;
}

void kvm_ebpf_take(struct observation *o, struct kvm_ebpf *k, const struct kvm_snapshot *s)
{
    k->exits = all_exits(s);
    k->taken = true;
    take_regions(o, k, s);
    take_parts(o, k, s);
    for (size_t i = 0; i < s->rows; i++) {
        unsigned region = s->row[i].region;
        struct region *r = region_of(o, region);
        if (r && s->row[i].kind == KVM_KIND_HOST)
            k->side[region - 1].ticks += s->row[i].cost.count;
        else if (r)
            take_cost(r, &s->row[i], s->isa);
    }
    for (size_t i = 0; i < s->details; i++) {
        unsigned region = s->detail[i].key.region;
        struct region *r = region_of(o, region);
        if (r)
            take_detail(r, &k->side[region - 1], &s->detail[i], s->isa);
    }
    for (unsigned i = 0; i < o->books.regions; i++)
        finish_details(&o->books.region[i]);
    fault_lost(o, s->lost.stats, "exits found no room in the probes' tables");
    fault_lost(o, s->lost.details, "reasons and vectors found no room in the probes' tables");
    fault_lost(o, s->lost.vcpus, "exits were of more virtual processors than the probes can tell apart");
    fault_lost(o, s->lost.marks, "marks of regions contradict those before them");
}

/* An emulated computer's clock has no noise: there single costs are worth keeping. TCG says who it is. */
static bool clock_is_exact(void)
{
    unsigned a, b, c, d;
    char name[13] = "";
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 31))
        return false;
    __cpuid(0x40000000, a, b, c, d);
    memcpy(name, &b, 4);
    memcpy(name + 4, &c, 4);
    memcpy(name + 8, &d, 4);
    return strcmp(name, "TCGTCGTCGTCG") == 0;
}

/* As kvm_probes_open() will find it; only the loading is not tried, which would disturb the start that comes first. */
static bool kvm_is_to_be_had(void)
{
    char why[PVB_REASON_SIZE], mend[128];
    struct kvm_host h;
    return kvm_host_allows(why, sizeof(why), mend, sizeof(mend)) &&
           kvm_host_look(&h, false, why, sizeof(why), mend, sizeof(mend));
}

/* That of the guest's start, which its end alone marks; its place in the probes' tables, 0: nobody asks for it. */
static unsigned first_place(const struct observation *o)
{
    for (unsigned i = 0; i < o->count; i++)
        if (strcmp(o->asked[i].name, PVB_BOOT_WORKLOAD) == 0)
            return PVB_REGION_STEADY(i) + 1;
    return 0;
}

static void kvm_start(struct observation *o, void *state, pid_t process)
{
    struct kvm_ebpf *k = state;
    char why[PVB_REASON_SIZE];
    const struct kvm_probes_options options = {.exact = clock_is_exact(),
                                               .by_vcpu = o->vcpus > 1,
                                               .own_timers = true,
                                               .parts = o->parts,
                                               .mark_port = PVB_MARK_PORT,
                                               .regions = o->books.regions * (o->vcpus > 1 ? 2 : 1),
                                               .open = first_place(o)};
    o->entries_unit = "ns";
    k->probes = kvm_probes_open(&options, why, sizeof(why));
    if (k->probes)
        kvm_probes_watch(k->probes, process);
    else
        fault_all(o, why);
}

static void kvm_stop(struct observation *o, void *state)
{
    struct kvm_ebpf *k = state;
    char why[PVB_REASON_SIZE];
    struct kvm_snapshot s;
    if (!k->probes)
        return;
    if (kvm_probes_read(k->probes, &s, why, sizeof(why))) {
        kvm_ebpf_take(o, k, &s);
        kvm_snapshot_free(&s);
    } else {
        observation_fault(o, "%s", why);
    }
    kvm_probes_close(k->probes);
    k->probes = NULL;
}

static void kvm_region(const struct observation *o, const void *state, const struct region_document *d)
{
    const struct kvm_ebpf *k = state;
    const struct side *s = &k->side[d->id];
    char why[PVB_REASON_SIZE];
    const char *trouble = region_trouble(d->books);
    if (o->parts)
        kvm_parts_region(d, &s->parts, trouble ? trouble : k->no_parts[0] ? k->no_parts : NULL);
    if (!s->seen || trouble)
        return;
    json_object_set_new(d->object, "host_side",
                        json_pack("{s:s, s:o, s:o, s:o}", "isa", s->isa, "ticks",
                                  s->no_ticks ? json_null() : json_integer((json_int_t)s->ticks), "userspace_exits",
                                  counts_json(s->userspace, s->userspaces, kvm_userspace_name), "injected",
                                  counts_json(s->injected, s->injecteds, NULL)));
    if (!s->no_ticks)
        return;
    snprintf(why, sizeof(why), "they are among the exits: %s", s->no_ticks);
    region_unavailable(d, "host_side.ticks", why);
}

const struct collector kvm_ebpf_collector = {
    .name = "KVM by eBPF",
    .listens_to = SPEAKER_NOBODY,
    .disturbs = true,
    .is_to_be_had = kvm_is_to_be_had,
    .open = kvm_open,
    .start = kvm_start,
    .stop = kvm_stop,
    .region = kvm_region,
    .close = kvm_close,
};
