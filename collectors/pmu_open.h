/*
 * pmu_open.h: events of one thread, opened in groups that fit the counters,
 * and read.
 *
 * A group is on the processor as a whole or not at all, so that its numbers
 * belong together. The kernel itself says how many events fit: one that does
 * not fit into the group at hand begins the next. Groups that do not fit side
 * by side take turns; what they counted is then scaled, and both times are kept.
 */
#ifndef COLLECTORS_PMU_OPEN_H
#define COLLECTORS_PMU_OPEN_H

#include "collectors/pmu_events.h"

#include <stdint.h>
#include <sys/types.h>

#define PMU_WHY_SIZE 256

/* One event on one side, of one thread. */
struct pmu_counter {
    int fd; /* -1: `why` says why there is none */
    unsigned group;
    char why[PMU_WHY_SIZE];
};

struct pmu_reading {
    uint64_t value, enabled_ns, running_ns;
};

/* What a list of counters has in common while they are opened. */
struct pmu_group {
    int leader;
    unsigned number, members;
};

/*
 * `children`: threads that it starts count with it; then the numbers are the
 * sum, and no eBPF program can read them. `first`: the first counter of the thread.
 */
void pmu_counter_open(struct pmu_counter *c, struct pmu_group *group, const struct pmu_event *event, enum pmu_side side,
                      pid_t thread, bool children);
bool pmu_counter_read(const struct pmu_counter *c, struct pmu_reading *into);
void pmu_counter_close(struct pmu_counter *c);

/* What perf_event_open() said, in words with the mend. */
void pmu_open_failed(int error, const struct perf_event_attr *attr, char *why, size_t why_size);

/* Are hardware events counted on this computer? */
bool pmu_counts_here(char *why, size_t why_size);

/* The share of the time that it was on a counter is scaled up; 0 when it never was. */
uint64_t pmu_scaled(const struct pmu_reading *r);

#endif
