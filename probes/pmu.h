/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * pmu.h: the types that the probe of the marks shares with the PMU collector.
 *
 * A mark is an access to a port, and KVM tells it in the vCPU's own thread:
 * there the thread's counters are read, at the beginning and at the end of a region.
 */
#ifndef PROBES_PMU_H
#define PROBES_PMU_H

#include <linux/types.h>

enum pmu_sizes {
    PMU_REGIONS = 128, /* the guest's numbers, pvbench/log.h */
    PMU_VCPUS = 8,
    PMU_SLOTS = 32, /* counters of one vCPU: an event on a side each */
};

struct pmu_value {
    __u64 value, enabled, running; /* as the kernel's struct bpf_perf_event_value */
};

struct pmu_region {
    __u64 begun, ended, failed; /* failed: a counter could not be read at one of the marks */
    struct pmu_value sum[PMU_SLOTS];
};

#endif
