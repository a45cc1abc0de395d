/*
 * xentrace.h: the stream that xentrace writes into its files, and
 * `pvbench-xen-domain trace` to its output: windows of one processor's records,
 * each behind a record that names the processor.
 *
 * Whoever takes them gets the records of all processors in the order of their
 * time. It is somebody else's file: whatever is impossible in it ends the reading, with its place.
 */
#ifndef COLLECTORS_XENTRACE_H
#define COLLECTORS_XENTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XENTRACE_EXTRAS 7
#define XENTRACE_CPUS   4096

struct xentrace_record {
    uint64_t tsc; /* ticks; of a record without, that of the one before it on its processor */
    uint64_t number;
    uint32_t cpu, event, extras, extra[XENTRACE_EXTRAS];
};

typedef void xentrace_take(void *with, const struct xentrace_record *record);

struct xentrace;

/* Ends the program when out of memory, as all of its functions do. */
struct xentrace *xentrace_new(xentrace_take *take, void *with);

/* Any part of the stream. False: it is none, for the reason in `why`. */
bool xentrace_feed(struct xentrace *x, const uint8_t *bytes, size_t size, char *why, size_t why_size);

/* Nothing more comes: the rest is handed over. False when the stream is cut off within a record. */
bool xentrace_end(struct xentrace *x, char *why, size_t why_size);
void xentrace_free(struct xentrace *x);

#endif
