/*
 * trace_table.h: what was traced, for people: `pvbench trace` shows any
 * guest, with no workload behind it.
 */
#ifndef RUNNER_TRACE_TABLE_H
#define RUNNER_TRACE_TABLE_H

#include "runner/command/trace_view.h"

#include <stdio.h>

/* Sections of details have titles for people and keys for programs. */
extern const char *const trace_section_titles[TRACE_SECTIONS], *const trace_section_keys[TRACE_SECTIONS];

/* "CPUID"; of Xen's guests with its class: "hypercall xen_version". */
void trace_kind_name(const struct trace_view *v, const struct trace_sum *k, char *into, size_t size);

/*
 * As `perf kvm stat`: one line for each kind of exit, by time; then, if asked for, the same for each virtual
 * processor; then what they were about.
 */
void trace_table_print(FILE *out, const struct trace_view *v, double seconds, bool by_vcpu);

/* One line: exits a second in these `seconds`, and the most frequent kinds. */
void trace_line_print(FILE *out, const struct trace_view *since, double seconds);

/* What was not counted, one line each; nothing when all was. `name`: whose it is, "" where there is one only. */
void trace_losses_print(FILE *out, const char *name, const struct trace_lost *lost);

#endif
