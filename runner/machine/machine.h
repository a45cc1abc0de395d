/*
 * machine.h: where a hypervisor runs: on this computer, or in the lab.
 *
 * A machine knows how to get a hypervisor started there, who hears what is started, how a
 * result comes out again, and what costs are counted in. A new one is one new file and one row in machines.c.
 */
#ifndef RUNNER_MACHINE_H
#define RUNNER_MACHINE_H

#include "runner/carrier/carrier.h"
#include "runner/host/pinning.h"
#include "runner/hypervisor/hypervisor.h"
#include "runner/setting/setting.h"

struct machine;

/* What one boot is asked. */
struct boot_order {
    struct setting setting;
    unsigned block; /* of the plan, from 1; 0: the plan has none */
    const struct hypervisor *hypervisor;
    const struct machine *machine;
    const struct identity *identity;
    const struct image *image;
    const char *workloads_sha256;
    /* How the hypervisor is started, of a suite that has several ways: its name ("": as usual), and the words that it
     * is started with in place of the usual ones. NULL, the name: the suite has none. */
    const char *variant, *words;
    const char *dir; /* made by the boot, for its files, and the process's working folder */
    unsigned timeout_s;
    struct pvb_param_workload workload[PVB_MAX_WORKLOADS];
    unsigned workloads;
    bool parts;                     /* whose the instructions are, where the machine can tell */
    bool explain;                   /* and in which functions; with parts */
    bool in_order;                  /* samples in the order of time, for the warm-up to be found */
    const struct pmu_names *events; /* to be counted; NULL: none */
    const struct pinning *pin;      /* NULL: nowhere in particular */
};

struct machine {
    const char *name;
    const char *unit;  /* of costs */
    const char *class; /* of costs: "exact", "noisy" */
    bool is_here;      /* this computer: its noise, its processors and its PMU are the measurement's */

    bool (*has)(const struct hypervisor *h);
    const struct listener *(*listener)(const struct hypervisor *h);
    /* Is it to be had there? The error says the mend. */
    int (*identify)(struct identity *id, const struct hypervisor *h, const struct paths *paths, struct pvb_error *e);
    /* Puts into the boot's folder what is to be started there, beside the guest that lies there already. */
    int (*prepare)(struct launch *launch, const struct boot_order *order, struct pvb_error *e);
    /*
     * The boot as it was measured by another pvbench there: an element of a result's `runs`, without what
     * run_json_head() says, but with its "version", and under the machine's name what is to be said of it besides. A
     * new reference; NULL, the member or the value: the boot is to be made of the observation.
     */
    json_t *(*take)(const struct boot_order *order, const struct observation *o);
    /* Adds to a boot that ended well, as the result has it, whose the instructions were, and, as "explanation", in
     * which functions. May be NULL. */
    void (*tell_parts)(const struct boot_order *order, const struct observation *o, json_t *run);
    /* What a process that never came to its guest had to say at last; `into` is empty when there is nothing. May be
     * NULL. */
    void (*last_words)(const struct boot_order *order, char *into, size_t size);
    /* Takes large files of a boot that is over away, which say nothing of what happened. May be NULL. */
    void (*clean)(const struct boot_order *order);
    /* What the result says of it; a new reference. The member may be NULL. */
    json_t *(*describe)(const struct hypervisor *h, const struct guest_setting *guest);
    /* How its clock relates to a boot's time. NULL, the member: by this computer's seconds. */
    const struct lab_pace *(*pace)(const struct hypervisor *h);
};

extern const struct machine *const machines[]; /* ends with NULL; the first is the usual one */
extern const struct machine machine_lab, machine_host;

const struct machine *machine_find(const char *name);

/* Do its guests' vCPUs run in threads of a process that pvbench starts here? */
bool machine_has_emulator(const struct machine *m, const struct hypervisor *h);

void identity_free(struct identity *id);

#endif
