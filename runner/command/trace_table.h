/*
 * trace_table.h: what the KVM probes counted, for people and as JSON:
 * `pvbench trace` shows any virtual machine, with no workload behind it.
 */
#ifndef RUNNER_TRACE_TABLE_H
#define RUNNER_TRACE_TABLE_H

#include "probes/kvm_probes.h"

#include <jansson.h>
#include <stdio.h>

/* As `perf kvm stat`: one line for each kind of exit, by time; then what they were about. */
void trace_table_print(FILE *out, const struct kvm_snapshot *s, double seconds);

/* One line: exits a second since `before`, and the most frequent kinds. */
void trace_line_print(FILE *out, const struct kvm_snapshot *before, const struct kvm_snapshot *now, double seconds);

/* A new reference. */
json_t *trace_json(const struct kvm_snapshot *s);

/* What was not counted, one line each; nothing when all was. */
void trace_losses_print(FILE *out, const struct kvm_lost *lost);

#endif
