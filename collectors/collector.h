/*
 * collector.h: one source of measurements.
 *
 * Two sorts stand behind the one struct: those that read what a console
 * says (`line`), and those that watch the computer while a guest runs
 * (`start`, `stop`: eBPF, the PMU, Xen's trace). A member that a source
 * has no use for is NULL. A new collector is one new file and its name in
 * the list of the hypervisors that it serves.
 */
#ifndef COLLECTORS_COLLECTOR_H
#define COLLECTORS_COLLECTOR_H

#include "collectors/observation.h"

#include <sys/types.h>

/* Who said a line: a hypervisor that owns the console tells its guest's lines from its own. */
enum speaker { SPEAKER_NOBODY, SPEAKER_GUEST, SPEAKER_HYPERVISOR, SPEAKERS };

struct collector {
    const char *name;
    enum speaker listens_to;
    /* Watching takes the guest's time: it is started for a guest whose costs are then known from before. */
    bool disturbs;
    /* Of one that disturbs: is it to be had on this computer? When not, no guest starts twice for it. NULL: always. */
    bool (*is_to_be_had)(void);
    /*
     * With the process that is going to be the guest's, before it has done
     * anything; only where the hypervisor runs on this computer, not for a
     * lab. A source that is not to be had here says so in the observation.
     */
    void (*start)(struct observation *o, pid_t process);
    /*
     * Again and again while the guest runs, for what nothing tells. True: it
     * waits for something, and should be asked again soon. Follows start.
     */
    bool (*step)(struct observation *o);
    void (*line)(struct observation *o, const char *text, size_t size, bool cut);
    /* After the guest has ended; follows every start. */
    void (*stop)(struct observation *o);
};

/* Where hypervisor and guest share a console, a letter at the line's start says whose it is (pvbench/log.h). */
enum speaker minivisor_log_speaker(const char **text, size_t *size);

extern const struct collector guest_log_collector;
extern const struct collector minivisor_log_collector;
extern const struct collector lab_host_log_collector;
extern const struct collector kvm_ebpf_collector;
extern const struct collector pmu_collector;

#endif
