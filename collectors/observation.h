/*
 * observation.h: what was seen of one start of a guest.
 *
 * It has what every hypervisor and every guest says, and the list of the
 * collectors that fill it; what only one of them knows is in its own state.
 * It keeps what was said and what was wrong with it apart: a fault in a workload's lines
 * costs that workload, a fault outside of any costs the boot.
 */
#ifndef COLLECTORS_OBSERVATION_H
#define COLLECTORS_OBSERVATION_H

#include "collectors/books.h"
#include "collectors/device_counts.h"
#include "collectors/warm_up.h"

#include <pvbench/params.h>

enum bench_state { BENCH_UNSEEN, BENCH_BEGUN, BENCH_RESULT, BENCH_NOT_APPLICABLE, BENCH_ERROR };

/* What the guest's drivers and their back ends told each other in the steady state. */
struct notifications {
    bool known;
    uint64_t sent, suppressed, received;
};

/* Of what has several, one after the other. */
struct phase {
    char name[16];
    uint64_t ticks;
};
#define PHASES_MAX 8

struct bench {
    enum bench_state state;
    bool ended;
    uint64_t ops, cold;
    char measures[64];
    struct distribution samples; /* those after the warm-up, where that is looked for */
    uint64_t *series;            /* all, in the order of time; NULL: their order is not known */
    size_t series_count;
    struct warm_up warm_up;
    struct notifications told;
    bool has_clock; /* its kernel's clock interrupts by itself: so often in the steady state */
    uint64_t clock_interrupts;
    struct phase phase[PHASES_MAX];
    unsigned phases;
    uint64_t phases_end;          /* the time stamp of the last one's */
    char reason[PVB_REASON_SIZE]; /* the guest's, with BENCH_NOT_APPLICABLE and BENCH_ERROR */
    char fault[PVB_REASON_SIZE];  /* the first thing wrong with its lines; empty: none */
};

struct observation {
    /* what was asked */
    const char *mode;
    const struct pvb_param_workload *asked;
    unsigned count;
    unsigned vcpus;                   /* of the guest; 0: one, as usual */
    bool in_order;                    /* samples come in the order of time */
    bool parts;                       /* also whose the time is, where a collector can tell */
    const struct pmu_names *events;   /* of the PMU; NULL: none */
    char no_network[PVB_REASON_SIZE]; /* why the guest has no card that it should have; empty: it has what it should */

    const char *interface; /* at the other end of the guest's wire, on this computer; "": none */
    int monitor;           /* the other end of QEMU's (qemu_monitor.h); 0: none */

    /* the guest's words */
    bool started, done;
    struct device_counts devices; /* what its drivers put and took */
    int current;                  /* the workload between begin and end, or -1 */
    char panic[PVB_REASON_SIZE];
    struct bench bench[PVB_MAX_WORKLOADS];

    /* the hypervisor's words */
    const char *speaker; /* who speaks its lines, for faults: set by the collector that reads them */
    bool hypervisor_started;
    uint64_t unpaused; /* the guest's TSC at its start */
    char hypervisor_version[64];
    char killed[PVB_REASON_SIZE], end[32];
    struct books books;
    const char *entries_unit; /* of the books' costs, where it is not that of the guest's samples */

    struct source *source; /* the collectors with their states: sources.h */
    size_t sources;

    char fault[PVB_REASON_SIZE]; /* the first thing wrong outside of any workload */
};

/* `asked` and `mode` must outlive the observation. NULL when out of memory. */
struct observation *observation_new(const char *mode, const struct pvb_param_workload *asked, unsigned count);
void observation_free(struct observation *o);

/* The guest's own measurements from another run of it, in place of those that watching it has disturbed. */
void observation_take_costs(struct observation *o, struct observation *undisturbed);

/* The first fault is the one that counts; these keep it. */
void observation_fault(struct observation *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bench_fault(struct bench *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
