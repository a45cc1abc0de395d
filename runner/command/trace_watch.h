/* trace_watch.h: a trace from its beginning to its end: who is traced, for how long, and what is written of it. */
#ifndef RUNNER_TRACE_WATCH_H
#define RUNNER_TRACE_WATCH_H

#include "runner/command/output.h"
#include "runner/command/trace_domains.h"
#include "runner/command/trace_guest.h"
#include "runner/command/trace_records.h"

enum trace_format { TRACE_TABLE, TRACE_JSON, TRACE_JSONL, TRACE_OPENMETRICS, TRACE_CHROME };

struct trace {
    unsigned duration, interval; /* seconds; 0: there is none */
    enum trace_format format;
    bool by_vcpu, lists; /* lists: single entries are shown beside the sums */
    struct trace_wants wants;
    const char *output_path;
    json_t *provenance; /* when, where and by what */
    struct output output;
    FILE *lines; /* where those of jsonl go */
    bool is_xen;
    struct trace_source source; /* of Xen's records */
    const char *save_path;      /* where those are kept, or NULL */
    struct trace_guest guest[TRACE_GUESTS_MAX];
    size_t guests;
    struct trace_records records;
    double seconds;
    bool lost;
};

int trace_open(struct trace *t, struct pvb_error *e);

/* From here on exits are counted. */
int trace_watch_begin(struct trace *t, struct pvb_error *e);

/* Until it is over. */
int trace_watch(struct trace *t, struct pvb_error *e);

/* In the place of both: all of a file of xentrace, of the domains with these numbers, or of all. */
int trace_read(struct trace *t, const char *path, double hz, const char *const *domain, struct pvb_error *e);

/* `started`: by pvbench itself, so that it is an error when there was nothing to be seen. */
int trace_write(struct trace *t, bool started, struct pvb_error *e);
void trace_close(struct trace *t);

#endif
