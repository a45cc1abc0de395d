/*
 * result.h: a result file as the reports see it.
 *
 * Strings belong to the JSON document, which lives as long as the result.
 * They are clean (text.h), and names are names, so that whatever shows them
 * need not fear them.
 */
#ifndef REPORTS_RESULT_H
#define REPORTS_RESULT_H

#include "reports/common/report_error.h"

#include <jansson.h>
#include <pvbench/entries.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESULT_SCHEMA         "pvbench.result/1"
#define RESULT_SIZE_MAX       (256u << 20)
#define RESULT_RUNS_MAX       4096
#define RESULT_BENCHMARKS_MAX 512 /* in one run */
#define RESULT_KINDS_MAX      512 /* in one benchmark's region */
#define RESULT_SOURCES_MAX    64  /* of a merged result */

/* Samples of one benchmark, per iteration. */
/* What a cost is of, where nothing else is said: result_cost.measures. */
#define RESULT_WHOLE_ITERATION "whole iteration"

struct result_cost {
    const char *unit, *measures;
    bool exact;
    double samples, min, median, mean, max;
    double trimmed;             /* mean (trimmed.h) */
    const json_t *distribution; /* [value, count] ascending; NULL when all are equal, or it is not said */
    size_t distinct;            /* values; 1 when all are equal, 0 when it is not said */
    double at_median;           /* how many samples are the median; with distinct > 1 */
};

struct result_detail {
    const char *name;
    double count;
};

struct result_kind {
    enum pvb_class class;
    const char *name;
    double count;
    const char *unit; /* NULL: the handler was not timed */
    bool exact;
    double min, mean, max;
    double trimmed; /* mean (trimmed.h); the mean where the distribution is not whole */
    struct result_detail *detail;
    size_t details;
};

struct result_entries {
    bool known;
    struct result_kind *kind;
    size_t kinds;
    double total; /* as the result says it; -1: it does not */
};

struct result_benchmark {
    const char *name, *status, *reason; /* reason: "" when none is given */
    const char *subsystem;              /* "" when it is not said */
    uint64_t parameter;
    double iterations, operations, warmup; /* operations: of one iteration */
    uint64_t clock_interrupts;             /* of the guest's kernel, in the steady state; 0 too when it is not said */
    bool has_cost, has_cold;
    struct result_cost cost;
    double cold;
    const char *cold_unit; /* "" when it is not said */
    bool cold_exact;
    struct result_entries entries;
    const json_t *unavailable; /* what could not be taken: an object of reasons, or NULL */
};

struct result_run {
    const char *setting; /* the key of what was measured: only where it is the same may numbers be compared */
    const char *hypervisor, *version, *sha256, *mode, *machine;
    const char *guest_sha256, *workloads_sha256;
    const char *machine_cpu, *machine_clock; /* "" when not said */
    uint64_t machine_memory_mib;             /* 0 when not said */
    uint64_t boot;
    const char *status, *reason;
    struct result_benchmark *benchmark;
    size_t benchmarks;
};

struct result {
    json_t *document;
    const char *suite, *date, *pvbench;
    const char *revision, *revision_unknown; /* the second: why there is none */
    struct result_run *run;
    size_t runs;
};

/* The workload times a part of an iteration alone, and says which. */
bool result_times_a_part(const struct result_cost *c);

/* The names of the classes in the JSON. */
extern const char *const result_classes[PVB_CLASSES];

enum { REVISION_TEXT = 220 };

/* For people: twelve digits, and whether the sources were as committed; or why it is unknown; "" when nothing is said.
 */
const char *revision_text(const char *revision, const char *unknown, char into[REVISION_TEXT]);

/* "-" is standard input. */
int result_load(struct result *r, const char *path, struct report_error *e);
int result_parse(struct result *r, const char *path, const char *text, size_t size, struct report_error *e);

/* The same in steps: the document of a file, unchecked, NULL with a message; and its check, which takes the document
 * over, also when it refuses it, and changes it: "mode" becomes the guest's words. */
json_t *result_read(const char *path, struct report_error *e);
int result_take(struct result *r, const char *path, json_t *document, struct report_error *e);

/* What a path is called in messages: "-" is standard input. */
const char *result_name(const char *path);

void result_free(struct result *r);

/*
 * A merged result (merge.h) has the provenance of each result that it was made of, with the settings that this one
 * measured: `provenance.merged`. NULL: it was not merged.
 */
const json_t *result_sources(const struct result *r);

/* The provenance of one of its runs: of the source that measured it, or the only one that there is. */
const json_t *result_provenance(const struct result *r, const struct result_run *run);

/* A source's settings: "xen/pv@lab, xen/hvm@lab"; cut where `size` ends. */
void result_source_settings(const json_t *source, char *into, size_t size);

/*
 * What makes two files the same measurement: the runs, the suite, the time and the computer, not the file, its
 * spaces or the order of its keys. Equal numbers stand for equal measurements.
 */
uint64_t result_identity(const struct result *r);

/* Which run of pvbench wrote a provenance, or a source of a merged result: when, where, what it said about itself. */
uint64_t result_origin(const struct result *r, const json_t *provenance);

/* Seconds since 1970 of a date as the schema wants it (RFC 3339, UTC); -1: it is none. */
int64_t result_time(const char *date);

/* Why `what` could not be taken; "" when the result does not say. */
const char *result_why(const struct result_benchmark *b, const char *what);

#endif
