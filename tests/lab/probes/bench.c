/*
 * bench.c: what the probes cost: lab instructions for one exit and the
 * entry after it, beside ftrace and perf on the same two tracepoints.
 */
#include "counters.h"
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

static uint64_t plain[OPS];

static void measure(struct vmm *v, const char *name)
{
    printf("%-28s", name);
    for (unsigned i = 0; i < OPS; i++) {
        vmm_repeat(v, ops[i].op, WARM, 3);
        uint64_t ticks = vmm_repeat(v, ops[i].op, COUNT, 3) / COUNT;
        if (!plain[i])
            plain[i] = ticks;
        printf("  %6lu %+6ld", (unsigned long)ticks, (long)(ticks - plain[i]));
    }
    printf("\n");
}

static int with_probes(struct vmm *v, const char *name, bool exact, bool classic)
{
    char why[512];
    const struct kvm_probes_options o = {.exact = exact, .classic = classic, .own_timers = true, .mark_port = PVB_MARK_PORT, .regions = 48};
    struct kvm_probes *p = kvm_probes_open(&o, why, sizeof(why));
    if (!p) {
        printf("%s: %s\n", name, why);
        return 1;
    }
    kvm_probes_watch(p, getpid());
    measure(v, name);
    kvm_probes_close(p);
    return 0;
}

int main(void)
{
    struct vmm v;
    vmm_open(&v);
    printf("Ticks of the time-stamp counter for one exit and entry, and how many more than without.\n%-28s", "");
    for (unsigned i = 0; i < OPS; i++)
        printf("  %-13s", ops[i].name);
    printf("\n");
    measure(&v, "(a) nothing");
    ftrace_switch(true);
    measure(&v, "(b) ftrace");
    ftrace_switch(false);
    int exit = counter_open("kvm_exit"), entry = counter_open("kvm_entry");
    measure(&v, "(c) perf, counting");
    close(exit);
    close(entry);
    int bad = with_probes(&v, "(d) probes, exact", true, false);
    bad |= with_probes(&v, "    probes, not exact", false, false);
    bad |= with_probes(&v, "    classic tracepoints", true, true);
    vmm_close(&v);
    return bad;
}
