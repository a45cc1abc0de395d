/* trace_records.h: single entries, kept until they are shown: as a list, as JSON, or for Perfetto and its like. */
#ifndef RUNNER_TRACE_RECORDS_H
#define RUNNER_TRACE_RECORDS_H

#include "runner/command/trace_guest.h"
#include "runner/command/trace_symbols.h"

#include <jansson.h>
#include <stdio.h>

struct trace_records {
    struct trace_record *record;
    size_t records, most;
    uint64_t left_out;             /* more than `most` */
    uint64_t start;                /* of the monotonic clock: moments are told from there on */
    uint64_t longer;               /* which ones are kept */
    struct trace_symbols *symbols; /* all are counted there, too; NULL: they are not */
};

/* A trace_take. */
void trace_records_take(void *with, const struct trace_record *record);
void trace_records_free(struct trace_records *r);

/* Of one guest, by moment. */
void trace_records_print(FILE *out, const struct trace_records *r, uint32_t guest);

/* A new reference. */
json_t *trace_records_json(const struct trace_records *r, uint32_t guest);

/*
 * Chrome's trace event format, which Perfetto (ui.perfetto.dev) and
 * chrome://tracing open: a process for each guest, a thread for each of its vCPUs.
 */
json_t *trace_records_chrome(const struct trace_records *r, const struct trace_guest *guest, size_t guests);

#endif
