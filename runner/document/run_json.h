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

/* Without its "boot", which the result counts. A new reference. */
json_t *run_json(const struct boot_order *order, const struct observation *o, enum status status, const char *reason);

/* A run that did not happen: all of these workloads are skipped. */
json_t *run_json_skipped(const struct boot_order *order, const struct pvb_param_workload *workloads, unsigned count,
                         const char *reason);

/* Nor will it: this setting's hypervisor has no counterpart of what was asked. */
json_t *run_json_not_applicable(const struct boot_order *order, const struct pvb_param_workload *workloads,
                                unsigned count, const char *reason);

/* The key of what a run is of, as it says itself; else of its hypervisor, mode and machine. */
void run_json_key(const json_t *run, char key[SETTING_KEY_SIZE]);

/* The guest's part of it: "hvm", "hvm+emulated". */
void run_json_guest(const json_t *run, char guest[SETTING_KEY_SIZE]);

bool run_json_is_of(const json_t *run, const struct setting *setting);

/* The workloads of the plan that no run in the array `runs` has concluded. */
unsigned run_json_remaining(const json_t *runs, const struct plan *plan, struct pvb_param_workload *remaining);

#endif
