/* pmu_json.h: what the PMU counted, as the result has it. */
#ifndef COLLECTORS_PMU_JSON_H
#define COLLECTORS_PMU_JSON_H

#include "collectors/collector.h"

/* "pmu" of the whole boot, where events were asked for. `state` is a struct pmu_state. */
void pmu_run(const struct observation *o, const void *state, json_t *run);

/* "pmu" of a workload's steady region: null, with the reason, when there is nothing of it. */
void pmu_region(const struct observation *o, const void *state, const struct region_document *d);

#endif
