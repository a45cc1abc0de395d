/*
 * collector.h: one source of measurements.
 *
 * Two sorts stand behind the one struct: those that read what a console
 * says (`line`), and those that watch the computer while a guest runs
 * (`start`, `stop`: eBPF, the PMU). Each keeps what it knows of one start of
 * the guest in a state of its own, and says itself how that stands in the
 * result (`run`, `region`). A member that a source has no use for is NULL. A
 * new collector is one new file, its name here, and its name in the list of
 * the hypervisors that it serves.
 */
#ifndef COLLECTORS_COLLECTOR_H
#define COLLECTORS_COLLECTOR_H

#include "collectors/observation.h"

#include <jansson.h>
#include <sys/types.h>

/* Who said a line: a hypervisor that owns the console tells its guest's lines from its own. */
enum speaker { SPEAKER_NOBODY, SPEAKER_GUEST, SPEAKER_HYPERVISOR, SPEAKERS };

struct measure;

/* A measured region in the result: where a collector adds what it knows of it. */
struct region_document {
    unsigned id;                /* PVB_REGION_COLD() or PVB_REGION_STEADY() of a workload */
    const struct region *books; /* which may be in trouble: region_trouble() */
    const struct measure *m;    /* how costs are counted on the host's side */
    json_t *object;             /* the workload's, or its "cold" */
    json_t *unavailable;        /* what is null is named here with the reason, */
    const char *prefix;         /* each name behind "" or "cold." */
};

/* Names something of it that is null, and why. */
void region_unavailable(const struct region_document *d, const char *name, const char *why);

struct collector {
    const char *name;
    enum speaker listens_to;
    /* Watching takes the guest's time: it is started for a guest whose costs are then known from before. */
    bool disturbs;
    /* Of one that disturbs: is it to be had on this computer? When not, no guest starts twice for it. NULL: always. */
    bool (*is_to_be_had)(void);
    /* The state of one start, which all that follow are handed; NULL: none. What was asked is in the observation. */
    void *(*open)(struct observation *o);
    /*
     * With the process that is going to be the guest's, before it has done
     * anything; only where the hypervisor runs on this computer, not for a
     * lab. A source that is not to be had here says so in the observation.
     */
    void (*start)(struct observation *o, void *state, pid_t process);
    /*
     * Again and again while the guest runs, for what nothing tells. True: it
     * waits for something, and should be asked again soon. Follows start.
     */
    bool (*step)(struct observation *o, void *state);
    /* True: the line was meant for this source, whether it was good or a fault. */
    bool (*line)(struct observation *o, void *state, const char *text, size_t size, bool cut);
    /* After the guest has ended; follows every start. */
    void (*stop)(struct observation *o, void *state);
    /* Adds what it knows of the whole run, and of a region of a workload that was measured. */
    void (*run)(const struct observation *o, const void *state, json_t *run);
    void (*region)(const struct observation *o, const void *state, const struct region_document *d);
    void (*close)(void *state);
};

/* Where hypervisor and guest share a console, a letter at the line's start says whose it is (pvbench/log.h). */
enum speaker hypervisor_log_speaker(const char **text, size_t *size);

/* Where the console is the guest's alone. */
enum speaker guest_log_speaker(const char **text, size_t *size);

extern const struct collector guest_log_collector;
extern const struct collector minivisor_log_collector;
extern const struct collector xen_domain_log_collector;
extern const struct collector xen_host_side_collector;
extern const struct collector first_domain_collector;
extern const struct collector opinion_collector;
extern const struct collector recount_collector;
extern const struct collector device_counters_collector;
extern const struct collector beside_collector;
extern const struct collector saves_collector;
extern const struct collector lab_host_log_collector;
extern const struct collector kvm_ebpf_collector;
extern const struct collector kvm_counter_collector; /* after the probes, with whose count it compares its own */
extern const struct collector pmu_collector;

#endif
