/*
 * bench.c: what the probes cost: lab instructions for one exit and the
 * entry after it, beside ftrace and perf on the same two tracepoints.
 */
#include "counters.h"
#include "modes.h"
#include "tap.h"
#include "vmm.h"

#include "probes/kvm_probes.h"

#include <pvbench/log.h>

#include <stdio.h>
#include <unistd.h>

enum { COUNT = 2000, WARM = 200 };

/* The last one leaves for user mode, which is an event more; the limit is the same. */
static const struct {
    enum operation op;
    const char *name, *what;
} ops[] = {{OP_HYPERCALL, "VMMCALL", "VMMCALL: at most half of ftrace's exit and entry"},
           {OP_CPUID, "CPUID", "CPUID: at most half of ftrace's exit and entry"},
           {OP_MSR, "RDMSR", "RDMSR: at most half of ftrace's exit and entry"},
           {OP_DOORBELL, "OUT (kernel)", "OUT, in the kernel: at most half of ftrace's exit and entry"},
           {OP_PORT, "OUT (user)", "OUT, in user mode: at most half of ftrace's exit and entry"}};

#define OPS (sizeof(ops) / sizeof(ops[0]))

enum { NOTHING, FTRACE, PERF, PROBES, PROBES_SUMS, WAYS };
static uint64_t cost[WAYS][OPS];

static void measure(struct vmm *v, unsigned way, const char *name)
{
    printf("# %-26s", name);
    for (unsigned i = 0; i < OPS; i++) {
        vmm_repeat(v, ops[i].op, WARM, 3);
        uint64_t ticks = vmm_repeat(v, ops[i].op, COUNT, 3) / COUNT;
        if (way < WAYS)
            cost[way][i] = ticks;
        printf("  %6lu %+6ld", (unsigned long)ticks, (long)(ticks - cost[NOTHING][i]));
    }
    printf("\n");
}

static void with_probes(struct vmm *v, unsigned way, const char *name, bool exact, bool classic)
{
    char why[512];
    const struct kvm_probes_options o = {
        .exact = exact, .classic = classic, .own_timers = true, .mark_port = PVB_MARK_PORT, .regions = 48};
    struct kvm_probes *p = kvm_probes_open(&o, why, sizeof(why));
    if (!check(p != NULL, name)) {
        note("%s", why);
        return;
    }
    kvm_probes_watch(p, getpid());
    measure(v, way, name);
    kvm_probes_close(p);
}

/* What is asked for only where a guest is traced, and what each other guest that is traced with it costs. */
static void with_trace(struct vmm *v, const char *name, bool other)
{
    char why[512];
    const struct kvm_probes_options o = {.waits = true, .trace = true};
    struct kvm_probes *p = kvm_probes_open(&o, why, sizeof(why)), *q = NULL;
    if (other)
        q = kvm_probes_open(&o, why, sizeof(why));
    if (!check(p != NULL && (q || !other), name)) {
        note("%s", why);
        return;
    }
    kvm_probes_watch(p, getpid());
    if (other)
        kvm_probes_watch(q, getppid());
    measure(v, WAYS, name);
    kvm_probes_close(p);
    kvm_probes_close(q);
}

void probes_bench(void)
{
    struct vmm v;
    /* The kernel is still freeing the tables of tests before. */
    sleep(1);
    vmm_open(&v);
    printf("# Instructions for one exit and the entry after it, and how many more than without.\n# %-26s", "");
    for (unsigned i = 0; i < OPS; i++)
        printf("  %-13s", ops[i].name);
    printf("\n");
    measure(&v, NOTHING, "(a) nothing");
    ftrace_switch("kvm_exit", true);
    ftrace_switch("kvm_entry", true);
    measure(&v, FTRACE, "(b) ftrace: exit, entry");
    ftrace_switch("kvm_userspace_exit", true);
    measure(&v, WAYS, "    and userspace_exit");
    ftrace_switch("kvm_userspace_exit", false);
    ftrace_switch("kvm_entry", false);
    ftrace_switch("kvm_exit", false);
    int exit = counter_open("kvm_exit", 0), entry = counter_open("kvm_entry", 0);
    measure(&v, PERF, "(c) perf, counting");
    close(exit);
    close(entry);
    with_probes(&v, PROBES, "(d) probes", true, false);
    with_probes(&v, PROBES_SUMS, "    without single costs", false, false);
    with_probes(&v, WAYS, "    classic tracepoints", true, true);
    with_trace(&v, "(e) pvbench trace", false);
    with_trace(&v, "    of two guests", true);
    for (unsigned i = 0; i < OPS; i++) {
        uint64_t ftrace = cost[FTRACE][i] - cost[NOTHING][i], probes = cost[PROBES][i] - cost[NOTHING][i];
        uint64_t sums = cost[PROBES_SUMS][i] - cost[NOTHING][i];
        check(2 * probes <= ftrace && 2 * sums <= ftrace, ops[i].what);
    }
    vmm_close(&v);
}
