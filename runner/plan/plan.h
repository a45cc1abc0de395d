/*
 * plan.h: a suite becomes a list of boots.
 *
 * A unit is one boot of one guest, or several when a workload crashes and
 * the guest is booted again with the rest. Units do not depend on one
 * another; the result lists them in the plan's order, whoever ended first.
 *
 * On a host the plan is made of random blocks, unless repeats are asked for:
 * what is noisy needs many boots, interleaved. In the lab it has the suite's
 * repeats, since there one boot says it all.
 */
#ifndef RUNNER_PLAN_H
#define RUNNER_PLAN_H

#include "runner/machine/machine.h"
#include "runner/plan/schedule.h"
#include "runner/plan/suite.h"

#define NARROW_MAX 64

/* What the command line narrows or overrides; zero: as the suite says. */
struct narrowing {
    const char *hypervisors[NARROW_MAX], *modes[NARROW_MAX], *devices[NARROW_MAX], *workloads[NARROW_MAX],
        *variants[NARROW_MAX], *guests[NARROW_MAX];
    unsigned hypervisor_count, mode_count, device_count, workload_count, variant_count, guests_count;
    unsigned vcpus[SUITE_LIST_MAX], vcpu_count;
    unsigned iterations, repeats, timeout_s;
    unsigned warmup;
    bool has_warmup;       /* else the workloads' own */
    unsigned blocks, seed; /* 0: not said */
    struct pinning pin;
    struct pmu_names events;
    bool parts, no_parts;               /* else as the suite says */
    bool explain;                       /* with parts */
    bool no_events;                     /* also none of the suite's */
    const struct machine *machine;      /* NULL: the usual one */
    const char *kernel, *modules, *xen; /* of the host in the lab; NULL: its own */
    const char *guest_kernel;           /* of guests that are Linux; NULL: Debian's */
};

struct unit {
    struct setting setting;
    const struct hypervisor *hypervisor;
    const struct machine *machine;
    const struct suite_variant *variant; /* NULL: the suite has none */
    unsigned repeat;
    unsigned block; /* from 1; 0: the plan has none */
    unsigned place; /* in the whole plan, where this one is a shard of it (shards.h) */
};

struct plan {
    const struct suite *suite;
    struct unit *unit;
    unsigned units;
    unsigned timeout_s;
    unsigned blocks, seed; /* of a plan in random blocks (schedule.h); else 0 */
    struct pinning pin;
    struct pmu_names events;
    bool parts;                         /* whose the instructions are is counted, too */
    bool explain;                       /* and in which functions */
    const char *kernel, *modules, *xen; /* of the host in the lab; NULL: its own */
    const char *guest_kernel;           /* of guests that are Linux; NULL: Debian's */
    struct pvb_param_workload workload[PVB_MAX_WORKLOADS];
    unsigned workloads;
    char sha256[SHA256_HEX]; /* of all of the above */
};

/* One guest of this mode, as usual. */
struct unit unit_of(const struct hypervisor *h, const char *mode, const struct machine *m);

static inline const char *unit_mode(const struct unit *u)
{
    return u->setting.guest[0].mode;
}

/* The suite must outlive the plan. */
int plan_make(struct plan *p, const struct suite *s, const struct narrowing *n, struct pvb_error *e);
void plan_free(struct plan *p);

#endif
