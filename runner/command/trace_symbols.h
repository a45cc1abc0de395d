/*
 * trace_symbols.h: in which of the guest's functions its entries were made:
 * single entries, summed up by function and kind. The guest's own table of
 * symbols says what they are called: its /proc/kallsyms, or the ELF file of its kernel.
 */
#ifndef RUNNER_TRACE_SYMBOLS_H
#define RUNNER_TRACE_SYMBOLS_H

#include "runner/command/trace_guest.h"

#include <jansson.h>
#include <stdio.h>

struct trace_symbols;

/* NULL with an error: not to be read, or it names no function. */
struct trace_symbols *trace_symbols_read(const char *path, struct pvb_error *e);
void trace_symbols_free(struct trace_symbols *s);

void trace_symbols_count(struct trace_symbols *s, const struct trace_record *record);

/* Of one guest, by time, the most of them. */
void trace_symbols_print(FILE *out, const struct trace_symbols *s, uint32_t guest);

/* All of them; a new reference. */
json_t *trace_symbols_json(const struct trace_symbols *s, uint32_t guest);

#endif
