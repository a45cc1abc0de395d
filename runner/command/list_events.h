/* list_events.h: the events that this computer's PMUs offer, as `pvbench list --events` shows them. */
#ifndef RUNNER_LIST_EVENTS_H
#define RUNNER_LIST_EVENTS_H

#include <jansson.h>

/* {"processor_pmu", "counts", "reason", "events": […]}; pattern: NULL for all. A new reference. */
json_t *events_json(const char *pattern);

void events_print(const json_t *all);

#endif
