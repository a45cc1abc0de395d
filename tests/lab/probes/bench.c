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

static const struct {
    enum operation op;
    const char *name;
} ops[] = {{OP_HYPERCALL, "VMMCALL"}, {OP_CPUID, "CPUID"}, {OP_MSR, "RDMSR"}, {OP_PORT, "OUT"}};

#define OPS (sizeof(ops) / sizeof(ops[0]))

enum { NOTHING, FTRACE, PERF, PROBES, WAYS };
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

void probes_bench(void)
{
    struct vmm v;
    vmm_open(&v);
    printf("# Instructions for one exit and the entry after it, and how many more than without.\n# %-26s", "");
    for (unsigned i = 0; i < OPS; i++)
        printf("  %-13s", ops[i].name);
    printf("\n");
    measure(&v, NOTHING, "(a) nothing");
    ftrace_switch(true);
    measure(&v, FTRACE, "(b) ftrace, recording");
    ftrace_switch(false);
    int exit = counter_open("kvm_exit", 0), entry = counter_open("kvm_entry", 0);
    measure(&v, PERF, "(c) perf, counting");
    close(exit);
    close(entry);
    with_probes(&v, PROBES, "(d) probes", true, false);
    with_probes(&v, WAYS, "    without single costs", false, false);
    with_probes(&v, WAYS, "    classic tracepoints", true, true);
    note("At most half of what ftrace costs:");
    /* OUT also leaves for user mode, which has an event and a count of its own. */
    for (unsigned i = 0; i < OPS; i++)
        if (ops[i].op != OP_PORT)
            check(2 * (cost[PROBES][i] - cost[NOTHING][i]) <= cost[FTRACE][i] - cost[NOTHING][i], ops[i].name);
    vmm_close(&v);
}
