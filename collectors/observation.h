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

#include "collectors/distribution.h"
#include "collectors/warm_up.h"

#include <pvbench/entries.h>
#include <pvbench/log.h>
#include <pvbench/params.h>

#define PVB_REASON_SIZE      256
#define PVB_REGION_KINDS_MAX 512
#define PVB_LOG2             64 /* bucket b holds [2^b, 2^(b+1)), bucket 0 also 0 */

/* One kind of entry in one region. */
struct entry_kind {
    enum pvb_class class;
    uint64_t code, count, total, min, max;
    bool has_costs, has_details, no_costs; /* no_costs: its source knows of no ends of these entries */
    struct distribution costs;             /* without `costs_rest` entries, whose cost found no room at the source */
    uint64_t costs_rest;
    struct entry_detail {
        uint64_t key, count;
    } * detail;
    size_t details;
    uint64_t details_rest;
    /* where they were handled, of a source that knows: in the kernel, or by the virtual machine monitor in user mode */
    struct entry_path {
        uint64_t count, total, min, max, log2[PVB_LOG2];
    } in_kernel, userspace;
};

struct region {
    bool seen, closed, torn; /* torn: the guest ended inside of it */
    uint64_t spans, ticks;
    struct entry_kind *kind;
    size_t kinds;
    char fault[PVB_REASON_SIZE];
};

enum bench_state { BENCH_UNSEEN, BENCH_BEGUN, BENCH_RESULT, BENCH_NOT_APPLICABLE, BENCH_ERROR };

struct bench {
    enum bench_state state;
    bool ended;
    uint64_t ops, cold;
    char measures[64];
    struct distribution samples; /* those after the warm-up, where that is looked for */
    uint64_t *series;            /* all, in the order of time; NULL: their order is not known */
    size_t series_count;
    struct warm_up warm_up;
    char reason[PVB_REASON_SIZE]; /* the guest's, with BENCH_NOT_APPLICABLE and BENCH_ERROR */
    char fault[PVB_REASON_SIZE];  /* the first thing wrong with its lines; empty: none */
    struct region cold_region, steady_region;
};

struct observation {
    /* what was asked */
    const char *mode;
    const struct pvb_param_workload *asked;
    unsigned count;
    bool in_order;                  /* samples come in the order of time */
    const struct pmu_names *events; /* of the PMU; NULL: none */

    /* the guest's words */
    bool started, done;
    int current; /* the workload between begin and end, or -1 */
    char panic[PVB_REASON_SIZE];
    struct bench bench[PVB_MAX_WORKLOADS];

    /* the hypervisor's words */
    const char *speaker; /* who speaks its lines, for faults: set by the collector that reads them */
    bool hypervisor_started;
    char hypervisor_version[64];
    struct region *region; /* between region and regionend */
    unsigned region_id;
    char killed[PVB_REASON_SIZE], end[32];
    const char *entries_unit; /* of the regions' costs, where it is not that of the guest's samples */

    struct source *source; /* the collectors with their states: sources.h */
    size_t sources;

    char fault[PVB_REASON_SIZE]; /* the first thing wrong outside of any workload */
};

/* `asked` and `mode` must outlive the observation. NULL when out of memory. */
struct observation *observation_new(const char *mode, const struct pvb_param_workload *asked, unsigned count);
void observation_free(struct observation *o);

/* The region that a mark names, or NULL when it belongs to no workload of this boot. */
struct region *observation_region(struct observation *o, uint64_t id);

/* The guest's own measurements from another run of it, in place of those that watching it has disturbed. */
void observation_take_costs(struct observation *o, struct observation *undisturbed);

/* The first fault is the one that counts; these keep it. */
void observation_fault(struct observation *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bench_fault(struct bench *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void region_fault(struct region *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
