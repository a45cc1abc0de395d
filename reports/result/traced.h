/*
 * traced.h: what `pvbench trace --json` wrote is a result, too: a guest that
 * was traced is a boot of the setting HYPERVISOR/MODE+traced@host, and each
 * kind of its entries a benchmark whose iterations are the entries. One more, "millisecond", says how many
 * entries there were in the time that was traced. So reports, comparisons and exports take a trace as it is.
 */
#ifndef REPORTS_TRACED_H
#define REPORTS_TRACED_H

#include "reports/result/result_reader.h"

#define TRACE_SCHEMA "pvbench.trace/1"

/* It is a trace, whatever is in it. */
bool traced_is(const json_t *document);

/* The result that it stands for: a new reference, or NULL with a message. */
json_t *traced_result(const struct result_reader *r, const json_t *trace);

#endif
