/* pmu_marks.c: the life of the probe of the marks; pmu_marks.h says what it is for. */
#include "probes/pmu_marks.h"
#include "probes/kvm_host.h"
#include "probes/pmu.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pmu_marks {
    struct pmu_bpf *skel;
};

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level;
    (void)format;
    (void)args;
    return 0;
}

struct pmu_marks *pmu_marks_open(char *why, size_t why_size)
{
    char mend[128];
    if (!kvm_host_allows(why, why_size, mend, sizeof(mend)))
        return NULL;
    struct pmu_marks *m = calloc(1, sizeof(*m));
    libbpf_print_fn_t before = libbpf_set_print(say_nothing);
    if (m)
        m->skel = pmu_bpf__open();
    int error = m && m->skel ? pmu_bpf__load(m->skel) : -ENOMEM;
    error = error ? error : pmu_bpf__attach(m->skel);
    libbpf_set_print(before);
    if (!error)
        return m;
    snprintf(why, why_size, "the eBPF probe of the marks cannot be loaded: %s", strerror(-error));
    pmu_marks_close(m);
    return NULL;
}

void pmu_marks_close(struct pmu_marks *m)
{
    if (!m)
        return;
    if (m->skel)
        pmu_bpf__destroy(m->skel);
    free(m);
}

void pmu_marks_thread(struct pmu_marks *m, unsigned vcpu, pid_t thread)
{
    if (vcpu < PMU_VCPUS)
        __atomic_store_n(&m->skel->bss->threads[vcpu], (uint32_t)thread, __ATOMIC_RELEASE);
}

bool pmu_marks_add(struct pmu_marks *m, unsigned vcpu, unsigned slot, int fd)
{
    uint32_t key = vcpu * PMU_SLOTS + slot;
    if (vcpu >= PMU_VCPUS || slot >= PMU_SLOTS ||
        bpf_map_update_elem(bpf_map__fd(m->skel->maps.counters), &key, &fd, 0))
        return false;
    m->skel->bss->open_slots[vcpu] |= 1ull << slot;
    return true;
}

const struct pmu_region *pmu_marks_region(const struct pmu_marks *m, unsigned region)
{
    return &m->skel->bss->regions[region];
}
