/*
 * vcpus.c: what the probes know of a vCPU ends when it does: another thread
 * runs it, another one lies in its place, another hypervisor's calls are its.
 */
#include "counters.h"
#include "modes.h"
#include "seen.h"
#include "tap.h"
#include "vmm.h"

#include <pvbench/entries.h>

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COUNT = 100 };

static void *repeat_port(void *v)
{
    vmm_repeat(v, OP_PORT, COUNT, -1);
    return NULL;
}

/* As a vCPU that was unplugged and comes back: KVM keeps it, its thread is a new one. */
static void in_another_thread(struct vmm *v)
{
    pthread_t thread;
    vmm_repeat(v, OP_PORT, COUNT, -1);
    if (check(!pthread_create(&thread, NULL, repeat_port, v), "another thread"))
        pthread_join(thread, NULL);
}

static void threads(void)
{
    struct kvm_snapshot s;
    struct vmm v;
    struct kvm_probes *p = open_probes(false, 0);
    if (!check(p != NULL, "the probes are loaded for threads"))
        return;
    vmm_open(&v);
    kvm_probes_watch(p, getpid());
    in_another_thread(&v);
    if (read_probes(p, &s)) {
        struct seen seen = look(&s, 0, PVB_EX_IOIO, KVM_DETAIL_PORT, VMM_PORT);
        /* Whose the first one is of the new thread's is not known. */
        if (!check(seen.exits == 2 * COUNT && seen.through == 2 * COUNT - 1,
                   "a vCPU's new thread is known from its second exit on"))
            note("%lu exits, %lu through userspace", seen.exits, seen.through);
        kvm_snapshot_free(&s);
    }
    vmm_close(&v);
    kvm_probes_close(p);
}

static void machines(void)
{
    enum { MACHINES = 8, TAKEN = 4 << 20 };
    void *taken[MACHINES];
    struct kvm_snapshot s;
    struct kvm_probes *p = open_probes(false, 0);
    if (!check(p != NULL, "the probes are loaded for machines"))
        return;
    int exits = counter_open("kvm_exit", 0);
    kvm_probes_watch(p, getpid());
    for (unsigned i = 0; i < MACHINES; i++) {
        struct vmm v;
        vmm_open(&v);
        vmm_repeat(&v, OP_CPUID, COUNT, -1);
        vmm_repeat(&v, OP_HYPERCALL, COUNT, -1);
        vmm_close(&v);
        /* Its pages are not to be the next one's, and what they held is gone. */
        taken[i] = mmap(NULL, TAKEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (taken[i] != MAP_FAILED)
            memset(taken[i], 0xff, TAKEN);
    }
    for (unsigned i = 0; i < MACHINES; i++)
        munmap(taken[i], TAKEN);
    if (read_probes(p, &s)) {
        struct seen cpuids = look(&s, 0, PVB_EX_CPUID, 0, 0), calls = look(&s, 0, PVB_EX_VMMCALL, 0, 0);
        uint64_t counted = counter_read(exits);
        if (!check(cpuids.exits == MACHINES * COUNT && calls.exits == MACHINES * COUNT && sum(&s) == counted,
                   "machines that come where others were are counted as they are"))
            note("%lu CPUID, %lu VMMCALL, %lu in all, %lu by perf", cpuids.exits, calls.exits, sum(&s), counted);
        kvm_snapshot_free(&s);
    }
    close(exits);
    kvm_probes_close(p);
}

static void enlightened(void)
{
    struct kvm_snapshot s;
    struct vmm v;
    struct kvm_probes *p = open_probes(false, 0);
    if (!check(p != NULL, "the probes are loaded for Hyper-V"))
        return;
    vmm_open(&v);
    vmm_enlighten(&v);
    kvm_probes_watch(p, getpid());
    vmm_repeat(&v, OP_HYPERV, COUNT, -1);
    if (read_probes(p, &s)) {
        struct seen seen = look(&s, 0, PVB_EX_VMMCALL, KVM_DETAIL_HYPERV, VMM_CALL);
        if (!check(seen.exits == COUNT && seen.detail == COUNT, "hypercalls of a guest of Hyper-V's have its numbers"))
            note("%lu exits, %lu details, %lu of them right", seen.exits, seen.details, seen.detail);
        kvm_snapshot_free(&s);
    }
    vmm_close(&v);
    kvm_probes_close(p);
}

void probes_vcpus(void)
{
    threads();
    machines();
    enlightened();
}
