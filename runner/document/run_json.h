/*
 * run_json.h: one boot as an element of the result's `runs`.
 *
 * A boot concludes some of the workloads that it was asked for: measured, not
 * applicable, or lost with a reason. Those that it did not come to are not
 * in it, and are for the next boot.
 */
#ifndef RUNNER_RUN_JSON_H
#define RUNNER_RUN_JSON_H

#include "runner/plan/plan.h"

/* What a run says of where it ran. */
struct run_facts {
    const struct unit *unit;
    const struct identity *identity;
    const char *guest_sha256, *workloads_sha256;
};

/* What every run begins with: hypervisor, mode, machine, guest. A new reference. */
json_t *run_json_head(const struct run_facts *facts, const char *version);

/* Without its "boot", which the result counts. A new reference. */
json_t *run_json(const struct run_facts *facts, const struct observation *o, enum status status, const char *reason);

/* A run that did not happen: all of these workloads are skipped. */
json_t *run_json_skipped(const struct run_facts *facts, const struct pvb_param_workload *workloads, unsigned count,
                         const char *reason);

/* The workloads of the plan that no run in the array `runs` has concluded. */
unsigned run_json_remaining(const json_t *runs, const struct plan *plan, struct pvb_param_workload *remaining);

#endif
