/*
 * console_fuzz.h: any bytes as a console. What comes out must be a result
 * that JSON can hold, whatever was said.
 */
#ifndef TESTS_CONSOLE_FUZZ_H
#define TESTS_CONSOLE_FUZZ_H

#include "collectors/lines.h"
#include "collectors/sources.h"
#include "runner/document/run_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct pvb_param_workload fuzz_asked[] = {
    {.name = "empty", .iterations = 100, .warmup = 10},
    {.name = "null_hypercall", .iterations = 100, .warmup = 10},
    {.name = "page_fault", .iterations = 100, .warmup = 10},
    {.name = "console_char", .iterations = 100, .warmup = 10},
};

#define FUZZ_ASKED 4

/* A status that is "ok" must have its samples. */
static inline void fuzz_check(json_t *run)
{
    size_t i;
    json_t *bench;
    json_array_foreach(json_object_get(run, "benchmarks"), i, bench)
    {
        const char *status = json_string_value(json_object_get(bench, "status"));
        if (!status)
            abort();
        if (strcmp(status, "ok") == 0 &&
            json_integer_value(json_object_get(json_object_get(bench, "cost"), "samples")) != 100)
            abort();
        if (strcmp(status, "ok") != 0 && !json_string_value(json_object_get(bench, "reason")))
            abort();
    }
    char *text = json_dumps(run, JSON_INDENT(2));
    if (!text || strstr(text, "nan") == text)
        abort();
    free(text);
}

static inline void fuzz_console(const uint8_t *bytes, size_t size,
                                void (*line)(void *context, const char *text, size_t size, bool cut))
{
    static struct lines lines;
    const struct identity identity = {.sha256 = "aa"};
    const struct image image = {.sha256 = "bb"};
    const struct boot_order order = {.setting = setting_of("minivisor", "hvm", "lab"),
                                     .hypervisor = &hypervisor_minivisor,
                                     .machine = &machine_lab,
                                     .identity = &identity,
                                     .image = &image,
                                     .workloads_sha256 = "cc"};
    struct observation *o = observation_new("hvm", fuzz_asked, FUZZ_ASKED);
    /* Those of pvbench-xen-domain's lines are all that read a console. */
    sources_open(o, hypervisor_xen.listener.collectors);
    memset(&lines, 0, sizeof(lines));
    lines.line = line;
    lines.context = o;
    lines_feed(&lines, (const char *)bytes, size);
    lines_finish(&lines);
    char reason[PVB_REASON_SIZE] = "none";
    enum status status = hypervisor_minivisor.listener.judge(o, 1 << 8, reason, sizeof(reason));
    json_t *run = run_json(&order, o, status, reason);
    fuzz_check(run);
    json_decref(run);
    observation_free(o);
}

#endif
