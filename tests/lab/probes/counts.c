/*
 * counts.c: the probes against a guest of which every exit is known, and
 * against perf's own counter of the same tracepoint.
 */
#include "counters.h"
#include "modes.h"
#include "seen.h"
#include "tap.h"
#include "vmm.h"

#include "probes/kvm_probes.h"

#include <pvbench/entries.h>
#include <pvbench/log.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNT = 1000, MARK_EXITS = 2 };

/* Exits in a region that are not of this kind, nor the host's own. */
static uint64_t others(const struct kvm_snapshot *s, unsigned region, unsigned kind)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s->rows; i++)
        if (s->row[i].region == region && s->row[i].kind != kind && s->row[i].kind != KVM_KIND_HOST)
            n += s->row[i].cost.count;
    return n;
}

static const struct known {
    enum operation op;
    unsigned kind, type;
    uint64_t key;
    bool through;
    const char *what;
} known[] = {
    {OP_NOTHING, 0, 0, 0, false, "nothing: no exits"},
    {OP_HYPERCALL, PVB_EX_VMMCALL, KVM_DETAIL_HYPERCALL, 0x7076, false, "VMMCALL: exactly, with its number"},
    {OP_CPUID, PVB_EX_CPUID, 0, 0, false, "CPUID: exactly"},
    {OP_MSR, PVB_EX_MSR, KVM_DETAIL_MSR, VMM_MSR, false, "RDMSR: exactly, with the MSR"},
    {OP_PORT, PVB_EX_IOIO, KVM_DETAIL_PORT, VMM_PORT, true, "OUT: exactly, with the port, through userspace"},
    {OP_DOORBELL, PVB_EX_IOIO, KVM_DETAIL_PORT, VMM_BELL, false, "OUT: exactly, with the port, in the kernel"},
    {OP_PAGE, KVM_KIND_NESTED, KVM_DETAIL_PAGE, VMM_PAGE, true, "MMIO: exactly, with the page, through userspace"},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

static void check_known(const struct kvm_snapshot *s, unsigned id, const struct known *k)
{
    struct seen seen = look(s, id + 1, k->kind, k->type, k->key);
    uint64_t wanted = k->op == OP_NOTHING ? 0 : COUNT, through = k->through ? COUNT : 0;
    uint64_t details = k->type ? COUNT : 0, rest = others(s, id + 1, k->kind);
    if (!check(seen.exits == wanted && seen.through == through && seen.details == details && seen.detail == details &&
                   seen.userspace == through && !rest && seen.begun == 1 && seen.ended == 1,
               k->what))
        note(
            "%lu exits, %lu through userspace, %lu details, %lu of them right, %lu exits to userspace, %lu other exits",
            seen.exits, seen.through, seen.details, seen.detail, seen.userspace, rest);
}

static void check_costs(const struct kvm_snapshot *s)
{
    bool good = s->rows > 0;
    for (size_t i = 0; i < s->rows; i++) {
        const struct kvm_cost *c = &s->row[i].cost;
        uint64_t log2 = 0, times = 0, total = 0;
        for (unsigned j = 0; j < KVM_LOG2; j++)
            log2 += c->log2[j];
        for (size_t j = 0; j < c->distincts; j++) {
            times += c->distinct[j].times;
            total += c->distinct[j].value * c->distinct[j].times;
        }
        good = good && log2 == c->count && times <= c->count && c->min <= c->max && total <= c->sum && c->distincts &&
               (times < c->count || (total == c->sum && c->distinct[0].value == c->min));
    }
    check(good, "every kind's histogram, single costs, sum, least and most agree");
}

/* A tick of the guest's clock is a nanosecond in the lab. `ticks`: what the guest saw between the marks. */
static void check_times(const struct kvm_snapshot *s, const uint64_t *ticks)
{
    enum { MARKS = 20000 }; /* from the entry after the one to the guest's clock, and from there to the other */
    for (unsigned i = 0; i < KNOWN; i++) {
        uint64_t spent = 0, time = s->region[i + 1].ticks;
        for (size_t j = 0; j < s->rows; j++)
            spent += s->row[j].region == i + 1 ? s->row[j].cost.sum : 0;
        if (!check(spent <= ticks[i] && time >= ticks[i] && time < ticks[i] + MARKS,
                   "exits cost no more than the guest sees, and that is the region's time but for the marks"))
            note("%s: %lu in exits, %lu for the guest, %lu between the marks", known[i].what, spent, ticks[i], time);
    }
}

/* `way`: for the names of the tests. */
static void count_known(bool classic, const char *way)
{
    struct kvm_snapshot s;
    struct vmm v;
    uint64_t ticks[KNOWN];
    struct kvm_probes *p = open_probes(classic, 48);
    if (!check(p && strcmp(kvm_probes_way(p), way) == 0, way))
        return;
    int exits = counter_open("kvm_exit", 0);
    kvm_probes_watch(p, getpid());
    vmm_open(&v);
    /* The first touch of a page is an exit too, but not the operation's. */
    for (unsigned i = 0; i < KNOWN; i++)
        vmm_repeat(&v, known[i].op, 1, -1);
    for (unsigned i = 0; i < KNOWN; i++)
        ticks[i] = vmm_repeat(&v, known[i].op, COUNT, (int)i);
    /* The same region once more, in a second span. */
    vmm_repeat(&v, OP_CPUID, 7, 20);
    vmm_repeat(&v, OP_CPUID, 8, 20);
    uint64_t counted = counter_read(exits);
    close(exits);
    if (check(read_probes(p, &s), "the tables can be read")) {
        for (unsigned i = 0; i < KNOWN; i++)
            check_known(&s, i, &known[i]);
        struct seen two = look(&s, 21, PVB_EX_CPUID, 0, 0);
        check(two.begun == 2 && two.ended == 2 && two.exits == 15, "two spans of a region add up");
        struct seen marks = look(&s, 0, PVB_EX_IOIO, KVM_DETAIL_PORT, PVB_MARK_PORT);
        check(marks.detail == MARK_EXITS * (KNOWN + 2), "the marks belong to no region");
        if (!check(sum(&s) == counted, "the sum over all reasons is what perf has counted"))
            note("%lu by reason, %lu by perf", sum(&s), counted);
        check(!s.lost.stats && !s.lost.details && !s.lost.vcpus && !s.lost.marks, "nothing was lost");
        check_costs(&s);
        check_times(&s, ticks);
        kvm_snapshot_free(&s);
    }
    vmm_close(&v);
    kvm_probes_close(p);
}

/* Another process's exits, at the same time. */
static pid_t start_other(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct vmm v;
        vmm_open(&v);
        vmm_repeat(&v, OP_HYPERCALL, COUNT, -1);
        _exit(0);
    }
    return pid;
}

static void count_only_ours(void)
{
    struct kvm_snapshot s;
    struct vmm a, b;
    struct kvm_probes *p = open_probes(false, 48);
    if (!check(p != NULL, "the probes are loaded again"))
        return;
    vmm_open(&a);
    vmm_open(&b);
    vmm_repeat(&a, OP_CPUID, 10, -1);
    kvm_probes_watch(p, getpid());
    pid_t other = start_other();
    vmm_repeat(&a, OP_CPUID, 100, -1);
    vmm_repeat(&b, OP_CPUID, 20, -1);
    waitpid(other, NULL, 0);
    kvm_probes_stop(p);
    vmm_repeat(&a, OP_CPUID, 5, -1);
    if (read_probes(p, &s)) {
        struct seen hypercalls = look(&s, 0, PVB_EX_VMMCALL, 0, 0), cpuids = look(&s, 0, PVB_EX_CPUID, 0, 0);
        check(hypercalls.exits == 0, "another process's exits are not counted");
        if (!check(cpuids.exits == 120, "those of two machines of one process are, while they are watched"))
            note("%lu", cpuids.exits);
        kvm_snapshot_free(&s);
    }
    vmm_close(&a);
    vmm_close(&b);
    kvm_probes_close(p);
}

static void report_losses(void)
{
    struct kvm_snapshot s;
    struct vmm v;
    struct kvm_probes *p = open_probes(false, 0);
    if (!check(p != NULL, "the probes are loaded with small tables"))
        return;
    kvm_probes_watch(p, getpid());
    vmm_open(&v);
    int exits = counter_open("kvm_exit", 0);
    for (int region = 0; region < 128; region++)
        for (unsigned i = 0; i < KNOWN; i++)
            vmm_repeat(&v, known[i].op, 1, region);
    vmm_mark(&v, PVB_MARK_BEGIN(1));
    vmm_mark(&v, PVB_MARK_END(2));
    vmm_mark(&v, PVB_MARK_BEGIN(200));
    if (read_probes(p, &s)) {
        check(s.lost.stats > 0, "exits that found no room are told");
        if (!check(sum(&s) == counter_read(exits), "and with them the sum is what perf has counted"))
            note("%lu lost, %lu in all", (unsigned long)s.lost.stats, sum(&s));
        check(s.lost.marks == 2, "marks that contradict each other are told");
        kvm_snapshot_free(&s);
    }
    close(exits);
    vmm_close(&v);
    kvm_probes_close(p);
}

/* A guest that touches all its memory takes nobody else's room. */
static void count_many_pages(bool classic, const char *what)
{
    enum { PAGES = KVM_DETAILS + 100 };
    struct kvm_snapshot s;
    struct vmm v;
    struct kvm_probes *p = open_probes(classic, 0);
    if (!check(p != NULL, "the probes are loaded for many pages"))
        return;
    vmm_open(&v);
    kvm_probes_watch(p, getpid());
    vmm_repeat(&v, OP_PAGES, PAGES, -1);
    for (unsigned i = 0; i < KNOWN; i++)
        vmm_repeat(&v, known[i].op, COUNT, -1);
    if (read_probes(p, &s)) {
        struct seen pages = look(&s, 0, KVM_KIND_NESTED, KVM_DETAIL_PAGE, VMM_PAGE + (PAGES << 12));
        struct seen ports = look(&s, 0, PVB_EX_IOIO, KVM_DETAIL_PORT, VMM_PORT);
        struct seen msrs = look(&s, 0, PVB_EX_MSR, KVM_DETAIL_MSR, VMM_MSR);
        struct seen calls = look(&s, 0, PVB_EX_VMMCALL, KVM_DETAIL_HYPERCALL, 0x7076);
        uint64_t rest = 0;
        for (size_t i = 0; i < s.details; i++)
            rest += s.detail[i].key.type == KVM_DETAIL_PAGE && s.detail[i].key.rest ? s.detail[i].count : 0;
        if (!check(pages.details == pages.exits && pages.detail == 1 && rest >= 100 && ports.detail == COUNT &&
                       msrs.detail == COUNT && calls.detail == COUNT && ports.userspace > PAGES && !s.lost.details,
                   what))
            note("%lu exits for pages, %lu told, %lu of them rest; %lu ports, %lu MSRs, %lu calls, %lu to userspace, "
                 "%lu lost",
                 pages.exits, pages.details, rest, ports.detail, msrs.detail, calls.detail, ports.userspace,
                 (unsigned long)s.lost.details);
        kvm_snapshot_free(&s);
    }
    vmm_close(&v);
    kvm_probes_close(p);
}

void probes_counts(void)
{
    count_known(false, "tp_btf");
    count_known(true, "tracepoint");
    count_only_ours();
    report_losses();
    count_many_pages(false, "more pages than there is room for: the rest is told, and all else is whole");
    count_many_pages(true, "classic, too");
}
