/* pmu_json.h: what the PMU counted, as the result has it. */
#ifndef COLLECTORS_PMU_JSON_H
#define COLLECTORS_PMU_JSON_H

#include "collectors/observation.h"

#include <jansson.h>

/* Of the whole boot. A new reference, or NULL when no events were asked for. */
json_t *pmu_boot_json(const struct observation *o);

/* Of a measured region. NULL, with the reason, when there is nothing of it. */
json_t *pmu_region_json(const struct observation *o, unsigned region, char *why, size_t why_size);

#endif
