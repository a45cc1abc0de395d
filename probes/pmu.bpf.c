// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/*
 * pmu.bpf.c: reads the counters of a vCPU's thread where the guest marks the
 * beginning and the end of a region. What lies between a mark's event and the
 * guest (the way back in, the way out) is in the host's counts, once a span.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <pvbench/log.h>

#include "pmu.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PIO_OUT 1

struct {
    __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
    __uint(max_entries, PMU_VCPUS *PMU_SLOTS);
    __type(key, __u32);
    __type(value, __u32);
} counters SEC(".maps");

__u32 threads[PMU_VCPUS] = {};    /* of the vCPUs; 0: none */
__u64 open_slots[PMU_VCPUS] = {}; /* a bit each */
struct pmu_value begin[PMU_SLOTS] = {};
struct pmu_region regions[PMU_REGIONS] = {};

static __always_inline int vcpu_of_thread(void)
{
    __u32 thread = (__u32)bpf_get_current_pid_tgid();
    for (int i = 0; i < PMU_VCPUS; i++)
        if (thread && threads[i] == thread)
            return i;
    return -1;
}

static __always_inline void read_all(__u32 vcpu, struct pmu_region *r, bool end)
{
    for (__u32 i = 0; i < PMU_SLOTS; i++) {
        struct pmu_value now = {};
        if (!(open_slots[vcpu & (PMU_VCPUS - 1)] >> i & 1))
            continue;
        if (bpf_perf_event_read_value(&counters, vcpu * PMU_SLOTS + i, (void *)&now, sizeof(now))) {
            r->failed++;
            continue;
        }
        if (end) {
            r->sum[i].value += now.value - begin[i].value;
            r->sum[i].enabled += now.enabled - begin[i].enabled;
            r->sum[i].running += now.running - begin[i].running;
        } else {
            begin[i] = now;
        }
    }
}

/* Raw, since verifiers of older kernels refuse a typed pointer to const void. */
SEC("raw_tp/kvm_pio")
int BPF_PROG(on_pio, __u32 rw, __u32 port, __u32 size, __u32 count, const void *data)
{
    __u32 mark = 0;
    if (port != PVB_MARK_PORT || rw != PIO_OUT || size != 4 || count != 1)
        return 0;
    int vcpu = vcpu_of_thread();
    if (vcpu < 0)
        return 0;
    bpf_probe_read_kernel(&mark, sizeof(mark), data);
    __u32 region = PVB_MARK_REGION(mark);
    if (!PVB_MARK_IS(mark) || region >= PMU_REGIONS)
        return 0;
    struct pmu_region *r = &regions[region & (PMU_REGIONS - 1)];
    read_all((__u32)vcpu, r, PVB_MARK_IS_END(mark));
    if (PVB_MARK_IS_END(mark))
        r->ended++;
    else
        r->begun++;
    return 0;
}
