/* console.h: for tests that feed console lines to the collectors as a boot does. */
#ifndef TESTS_CONSOLE_H
#define TESTS_CONSOLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/collector.h"
#include "collectors/entries_json.h"
#include "collectors/lines.h"
#include "collectors/sources.h"
#include "runner/hypervisor/hypervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With the collectors of a hypervisor, which then listen. */
static inline struct observation *console_open(const struct listener *listener, const char *mode,
                                               const struct pvb_param_workload *asked, unsigned count)
{
    struct observation *o = observation_new(mode, asked, count);
    sources_open(o, listener->collectors);
    return o;
}

/* The minivisor's console, and with the same marks of who speaks, that of pvbench-xen-domain. */
static void console_line(void *context, const char *text, size_t size, bool cut)
{
    enum speaker who = hypervisor_log_speaker(&text, &size);
    sources_line(context, who, text, size, cut);
}

/* What the collectors add to the result of a workload's steady region; `unavailable`, which gets reasons, may be NULL.
 */
static inline json_t *console_region(const struct observation *o, unsigned workload, json_t *unavailable)
{
    static const struct measure measure = {.unit = "instructions", .class = "exact"};
    json_t *object = json_object(), *reasons = unavailable ? json_incref(unavailable) : json_object();
    sources_region(o,
                   &(struct region_document){PVB_REGION_STEADY(workload), &o->books.region[PVB_REGION_STEADY(workload)],
                                             &measure, object, reasons, ""});
    json_decref(reasons);
    return object;
}

static inline void console_feed(struct observation *o, const char *text, size_t size)
{
    struct lines *lines = calloc(1, sizeof(*lines));
    lines->line = console_line;
    lines->context = o;
    lines_feed(lines, text, size);
    lines_finish(lines);
    free(lines);
}

static inline void console_feed_text(struct observation *o, const char *text)
{
    console_feed(o, text, strlen(text));
}

static inline void console_feed_file(struct observation *o, const char *path)
{
    struct blob file;
    struct pvb_error e;
    assert_int_equal(blob_read(&file, path, 1 << 20, &e), 0);
    console_feed(o, (const char *)file.bytes, file.size);
    blob_free(&file);
}

/* What the recorded consoles of tests/fixtures/console were asked for. */
static const struct pvb_param_workload recorded[] = {
    {.name = "empty", .iterations = 100, .warmup = 10},
    {.name = "null_hypercall", .iterations = 100, .warmup = 10},
    {.name = "page_fault", .iterations = 100, .warmup = 10},
    {.name = "console_char", .iterations = 100, .warmup = 10},
};

#endif
