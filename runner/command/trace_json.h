/* trace_json.h: what was traced, for programs: a document, a line for each interval, and OpenMetrics. */
#ifndef RUNNER_TRACE_JSON_H
#define RUNNER_TRACE_JSON_H

#include "runner/command/trace_guest.h"

#include <jansson.h>
#include <stdio.h>

/* Puts what is known of a guest into the object. */
void trace_json(json_t *into, const struct trace_view *v);

/* {"process": {…}, …}: whose it is. A new reference. */
json_t *trace_json_guest(const struct trace_guest *g);

/* Of one interval: counts, times and percentiles. A new reference. */
json_t *trace_json_interval(const struct trace_guest *g, const struct trace_view *since);

/* A whole exposition of openmetrics.io; `v` has as many views as there are guests. */
void trace_metrics_print(FILE *out, const struct trace_guest *guest, const struct trace_view *v, size_t guests,
                         bool by_vcpu);

#endif
