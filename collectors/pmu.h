/*
 * pmu.h: what the PMU counted of one boot: each event in the guest and on
 * the host apart, of every vCPU's thread from its beginning to its end, of the
 * virtual machine monitor's other threads together, and, where the guest's marks are
 * seen, of every measured region.
 */
#ifndef COLLECTORS_PMU_H
#define COLLECTORS_PMU_H

#include "collectors/pmu_open.h"

#include "probes/pmu.h"

struct pmu_count {
    bool known;
    unsigned group; /* events with one number were counted at the same time; from 1 for each thread */
    struct pmu_reading reading;
    char why[PMU_WHY_SIZE]; /* when it is not known */
};

struct pmu_vcpu {
    int vcpu;
    struct pmu_count count[PMU_EVENTS_MAX][PMU_SIDES];
};

struct pmu_counts {
    const struct pmu_names *asked; /* whose owner outlives this */
    struct pmu_event event[PMU_EVENTS_MAX];
    struct pmu_vcpu vcpu[PMU_VCPUS];
    unsigned vcpus, vcpus_left_out; /* left out: more than PMU_VCPUS */
    struct pmu_count helpers[PMU_EVENTS_MAX];
    unsigned helper_threads;
    struct pmu_region region[PMU_REGIONS]; /* sums by pmu_slot() */
    char no_regions[PMU_WHY_SIZE];         /* why there are none; "" */
    char why[PMU_WHY_SIZE];                /* why there is nothing at all; "" */
};

/* The collector's state. */
struct pmu_state {
    struct pmu_watch *watch;   /* while the guest runs */
    struct pmu_counts *counts; /* NULL: nothing was asked for, or nothing was started */
};

static inline unsigned pmu_slot(unsigned event, enum pmu_side side)
{
    return event * PMU_SIDES + (unsigned)side;
}

_Static_assert(PMU_EVENTS_MAX *PMU_SIDES <= PMU_SLOTS, "a slot for every counter of a vCPU");

/* A reading as a count: not known when it was never on a counter. */
void pmu_count_take(struct pmu_count *c, const struct pmu_reading *r);

#endif
