/* trace_watch.c: intervals, records and the end of a trace; trace_watch.h says for whom. */
#include "runner/command/trace_watch.h"
#include "runner/command/trace_json.h"
#include "runner/command/trace_table.h"

#include "common/memory.h"
#include "common/json_text.h"
#include "common/monotonic.h"
#include "common/patience.h"
#include "runner/session/session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Records are read this often; their ring is large enough for some millions a second. */
#define RECORDS_MS 50

int trace_open(struct trace *t, struct pvb_error *e)
{
    if (output_open(&t->output, t->output_path ? t->output_path : "-", e))
        return -1;
    if (t->format != TRACE_JSONL)
        return 0;
    t->lines = t->output_path ? fopen(t->output.path, "we") : stdout;
    return t->lines ? 0 : pvb_fail(e, "%s: cannot be written: %s", t->output.path, strerror(errno));
}

int trace_watch_begin(struct trace *t, struct pvb_error *e)
{
    if (t->is_xen)
        return trace_domains_start(&t->source, t->guest, t->guests, &t->wants, trace_records_take, &t->records,
                                   t->save_path, e);
    for (size_t i = 0; i < t->guests; i++)
        if (trace_guest_watch(&t->guest[i], &t->wants, e))
            return -1;
    t->records.start = monotonic_ns();
    return 0;
}

/* --- intervals ---------------------------------------------------------------------- */

static void print_clock(FILE *out)
{
    char clock[16] = "";
    time_t wall = time(NULL);
    struct tm parts;
    if (localtime_r(&wall, &parts))
        strftime(clock, sizeof(clock), "%H:%M:%S", &parts);
    fprintf(out, "%s ", clock);
}

static void line_of(struct trace *t, const struct trace_guest *g, const struct trace_view *since, double seconds,
                    json_t *list)
{
    if (t->format == TRACE_JSONL) {
        json_array_append_new(list, trace_json_interval(g, since));
        return;
    }
    /* With the table on standard output, lines are not part of it. */
    FILE *out = t->format == TRACE_TABLE || t->output_path ? stdout : stderr;
    print_clock(out);
    if (t->guests > 1)
        fprintf(out, "%-16.16s ", g->name);
    trace_line_print(out, since, seconds);
}

static int write_metrics(struct trace *t, const struct trace_view *v, struct pvb_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = memory_stream(&text, &size);
    trace_metrics_print(out, t->guest, v, t->guests, t->by_vcpu);
    int bad =
        fclose(out) ? pvb_fail(e, "%s: out of memory", t->output.path) : output_write_text(&t->output, text, size, e);
    free(text);
    return bad;
}

static int read_all(struct trace *t, struct trace_view *v, struct pvb_error *e)
{
    for (size_t i = 0; i < t->guests; i++)
        if (trace_guest_read(&t->guest[i], &v[i], e))
            return -1;
    return 0;
}

static void free_all(struct trace_view *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        trace_view_free(&v[i]);
    free(v);
}

static int end_lines(FILE *out, struct pvb_error *e)
{
    /* Whoever read them may have gone. */
    return fflush(out) || ferror(out) ? pvb_fail(e, "the lines cannot be written: %s", strerror(errno)) : 0;
}

static int write_lines(struct trace *t, struct trace_view *v, double seconds, struct pvb_error *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->guests; i++) {
        struct trace_view since;
        trace_view_since(&since, &t->guest[i].before, &v[i]);
        line_of(t, &t->guest[i], &since, seconds, list);
        trace_view_free(&since);
        trace_view_free(&t->guest[i].before);
        t->guest[i].before = v[i];
        v[i] = (struct trace_view){0};
    }
    if (t->lines)
        json_print(json_pack("{s:s, s:f, s:f, s:O}", "schema", "pvbench.trace-interval/1", "time", (double)(time(NULL)),
                             "seconds", seconds, "guests", list),
                   JSON_COMPACT | JSON_PRESERVE_ORDER, t->lines);
    json_decref(list);
    return end_lines(t->lines ? t->lines : t->format == TRACE_TABLE || t->output_path ? stdout : stderr, e);
}

static int write_interval(struct trace *t, double seconds, struct pvb_error *e)
{
    struct trace_view *v = memory_zeroed(t->guests, sizeof(*v));
    int bad = read_all(t, v, e);
    if (!bad)
        bad = t->format == TRACE_OPENMETRICS ? write_metrics(t, v, e) : write_lines(t, v, seconds, e);
    free_all(v, t->guests);
    return bad;
}

/* --- the watching -------------------------------------------------------------------- */

static int take_records(struct trace *t, struct pvb_error *e)
{
    for (size_t i = 0; t->wants.records && i < t->guests; i++)
        if (trace_guest_records(&t->guest[i], (uint32_t)i, trace_records_take, &t->records, e))
            return -1;
    return 0;
}

/* Xen's program ends when its domains do. */
static int step_xen(struct trace *t, int timeout, struct pvb_error *e)
{
    struct pollfd fd = {.fd = t->source.from, .events = POLLIN};
    int n = poll(&fd, 1, timeout);
    if (n < 0 && errno != EINTR)
        return pvb_fail(e, "poll: %s", strerror(errno));
    return n > 0 ? trace_domains_step(&t->source, e) : 0;
}

/* 1: over, 0: go on, -1: an error. */
static int wait_until(struct trace *t, long long moment, struct pvb_error *e)
{
    struct pollfd fds[TRACE_GUESTS_MAX];
    /* Not longer, lest a signal that came right before it be slept over. */
    const long long most = t->wants.records ? RECORDS_MS : 1000;
    long long left = moment ? moment - now_ms() : most;
    size_t ended = 0;
    const int timeout = left < 0 ? 0 : left > most ? (int)most : (int)left;
    if (session_signal)
        return 1;
    if (t->is_xen)
        return step_xen(t, timeout, e);
    for (size_t i = 0; i < t->guests; i++)
        fds[i] = (struct pollfd){.fd = t->guest[i].over ? -1 : t->guest[i].pidfd, .events = POLLIN};
    int n = poll(fds, t->guests, timeout);
    if (n < 0 && errno != EINTR)
        return pvb_fail(e, "poll: %s", strerror(errno));
    for (size_t i = 0; i < t->guests; i++) {
        t->guest[i].over = t->guest[i].over || (n > 0 && fds[i].revents);
        ended += t->guest[i].over;
    }
    return take_records(t, e) ? -1 : ended == t->guests;
}

int trace_watch(struct trace *t, struct pvb_error *e)
{
    const long long start = now_ms(), end = t->duration ? start + 1000LL * t->duration : 0;
    const long long interval = 1000LL * t->interval;
    long long line = start, next = interval ? start + interval : 0;
    int over = 0;
    while (!over) {
        over = wait_until(t, !next || (end && end < next) ? end : next, e);
        if (over < 0)
            return -1;
        long long now = now_ms();
        if (next && now >= next) {
            if (write_interval(t, (double)(now - line) / 1000, e))
                return -1;
            line = now;
            /* What was slept through (a stop, a stall) is in one line. */
            next += (now - next) / interval * interval + interval;
        }
        over = over || (end && now >= end);
    }
    t->seconds = (double)(now_ms() - start) / 1000;
    return 0;
}

/* --- the end ------------------------------------------------------------------------- */

/* Of a file, functions were counted before it was known which of its domains are shown. */
static uint32_t symbols_place(const struct trace *t, size_t i)
{
    return t->is_xen && !t->source.pid ? t->guest[i].process : (uint32_t)i;
}

static void put_document(struct trace *t, size_t i, const struct trace_view *v, json_t *into)
{
    json_t *whose = trace_json_guest(&t->guest[i]);
    json_object_update(into, whose);
    json_decref(whose);
    json_object_set_new(into, "probes", json_string(trace_guest_way(&t->guest[i])));
    json_object_set_new(into, "seconds", t->seconds > 0 ? json_real(t->seconds) : json_null());
    trace_json(into, v);
    if (t->lists)
        json_object_set_new(into, "records", trace_records_json(&t->records, (uint32_t)i));
    if (t->records.symbols)
        json_object_set_new(into, "functions", trace_symbols_json(t->records.symbols, symbols_place(t, i)));
    if (t->wants.records && t->guest[i].no_address)
        json_object_set_new(into, "no_address", json_string(t->guest[i].no_address));
}

/* One guest is the document itself; several are a list in it. */
static int write_json(struct trace *t, const struct trace_view *v, struct pvb_error *e)
{
    json_t *document = json_pack("{s:s, s:O}", "schema", "pvbench.trace/1", "provenance", t->provenance);
    json_t *list = json_array();
    for (size_t i = 0; i < t->guests; i++) {
        json_t *guest = json_object();
        put_document(t, i, &v[i], t->guests == 1 ? document : guest);
        json_array_append_new(list, guest);
    }
    if (t->guests > 1) {
        json_object_set_new(document, "seconds", t->seconds > 0 ? json_real(t->seconds) : json_null());
        json_object_set(document, "guests", list);
    }
    json_decref(list);
    int bad = output_write(&t->output, document, e);
    json_decref(document);
    return bad;
}

static int write_chrome(struct trace *t, struct pvb_error *e)
{
    json_t *document = trace_records_chrome(&t->records, t->guest, t->guests);
    int bad = output_write(&t->output, document, e);
    json_decref(document);
    return bad;
}

static int write_table(struct trace *t, const struct trace_view *v, struct pvb_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = memory_stream(&text, &size);
    for (size_t i = 0; i < t->guests; i++) {
        if (t->guests > 1)
            fprintf(out, "%s%s (%s %u)\n", i ? "\n" : "", t->guest[i].name, t->is_xen ? "domain" : "process",
                    t->guest[i].process);
        trace_table_print(out, &v[i], t->seconds, t->by_vcpu);
        if (t->lists)
            trace_records_print(out, &t->records, (uint32_t)i);
        if (t->records.symbols)
            trace_symbols_print(out, t->records.symbols, symbols_place(t, i));
        if (t->wants.records && t->guest[i].no_address)
            fprintf(out, "the guest's addresses are not known: %s\n", t->guest[i].no_address);
    }
    int bad =
        fclose(out) ? pvb_fail(e, "%s: out of memory", t->output.path) : output_write_text(&t->output, text, size, e);
    free(text);
    return bad;
}

static int write_format(struct trace *t, const struct trace_view *v, struct pvb_error *e)
{
    switch (t->format) {
    case TRACE_JSON:
        return write_json(t, v, e);
    case TRACE_JSONL:
        return end_lines(t->lines, e);
    case TRACE_OPENMETRICS:
        return write_metrics(t, v, e);
    case TRACE_CHROME:
        return write_chrome(t, e);
    default:
        return write_table(t, v, e);
    }
}

/* Xen's moments are its processors' ticks. */
static void know_start(struct trace *t)
{
    t->records.start = trace_xen_start(t->source.xen);
    if (trace_xen_lost(t->source.xen))
        fprintf(stderr, "not counted: %llu records, whosever they were, for which Xen's trace buffer had no room\n",
                (unsigned long long)trace_xen_lost(t->source.xen));
    if (trace_xen_of_nobody(t->source.xen))
        fprintf(stderr, "not counted: %llu entries before Xen told whose they are\n",
                (unsigned long long)trace_xen_of_nobody(t->source.xen));
}

int trace_read(struct trace *t, const char *path, double hz, const char *const *domain, struct pvb_error *e)
{
    if (trace_domains_read(&t->source, path, hz, t->guest, &t->guests, domain, &t->wants, trace_records_take,
                           &t->records, e))
        return -1;
    for (size_t i = 0; i < t->records.records; i++) {
        uint32_t at = 0;
        while (at < t->guests && t->guest[at].process != t->records.record[i].guest)
            at++;
        t->records.record[i].guest = at;
    }
    t->seconds = trace_xen_seconds(t->source.xen);
    return 0;
}

static bool is_empty(const struct trace_view *v)
{
    return !v->parts && !v->under_ways && !v->lost.exits && !v->lost.vcpus;
}

int trace_write(struct trace *t, bool started, struct pvb_error *e)
{
    struct trace_view *v = memory_zeroed(t->guests, sizeof(*v));
    for (size_t i = 0; i < t->guests; i++)
        trace_guest_stop(&t->guest[i]);
    if (t->is_xen && t->source.pid && trace_domains_stop(&t->source, e)) {
        free(v);
        return -1;
    }
    if (t->is_xen)
        know_start(t);
    int bad = take_records(t, e) || read_all(t, v, e) ? -1 : 0;
    if (!bad && started && is_empty(&v[0]))
        bad = pvb_fail(e,
                       "%s: no exit of process %u was seen; the command must become the virtual machine monitor "
                       "itself: no -daemonize, and exec in a script",
                       t->guest[0].name, t->guest[0].process);
    bad = bad ? bad : write_format(t, v, e);
    for (size_t i = 0; i < t->guests; i++) {
        if (!t->is_xen)
            trace_losses_print(stderr, t->guests > 1 ? t->guest[i].name : "", &v[i].lost);
        t->lost = t->lost || v[i].lost.exits || v[i].lost.vcpus;
    }
    if (t->records.left_out)
        fprintf(stderr, "not listed: %llu single exits more; give a larger --records or --longer-than\n",
                (unsigned long long)t->records.left_out);
    free_all(v, t->guests);
    return bad;
}

void trace_close(struct trace *t)
{
    for (size_t i = 0; i < t->guests; i++)
        trace_guest_close(&t->guest[i]);
    trace_domains_close(&t->source);
    trace_records_free(&t->records);
    if (t->lines && t->lines != stdout)
        fclose(t->lines);
    output_close(&t->output);
    json_decref(t->provenance);
}
