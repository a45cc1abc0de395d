/*
 * result_load.c: reads a result file and checks what the reports rely on.
 *
 * The JSON Schema beside this file says all that a result is; this reader
 * asks less, so that a result with more in it can still be shown, but what
 * it takes is of the right type and in range.
 */
#include "common/json_text.h"
#include "common/text.h"
#include "reports/result/result_reader.h"
#include "reports/common/wrap.h"
#include "reports/result/traced.h"
#include "reports/result/trimmed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_distribution(const struct result_reader *r, json_t *cost, const char *place, struct result_cost *c)
{
    json_t *list, *pair;
    size_t i;
    double before = -1;
    if (reader_array(r, cost, place, "distribution", OPTIONAL, 1u << 24, &list))
        return -1;
    c->distribution = list;
    c->distinct = list ? json_array_size(list) : c->min == c->max;
    json_array_foreach(list, i, pair)
    {
        json_t *value = json_array_get(pair, 0), *count = json_array_get(pair, 1);
        if (json_array_size(pair) != 2 || !json_is_number(value) || !json_is_number(count) ||
            json_number_value(value) <= before || json_number_value(count) <= 0)
            return reader_bad(r, place, "distribution",
                              "element %zu is no [value, count] with a larger value than the one before; "
                              "run the suite again",
                              i);
        before = json_number_value(value);
        if (before == c->median)
            c->at_median = json_number_value(count);
    }
    return 0;
}

static int read_cost(const struct result_reader *r, json_t *object, const char *place, struct result_benchmark *b)
{
    struct result_cost *c = &b->cost;
    const char *class = "";
    json_t *cost;
    char at[160];
    if (reader_object(r, object, place, "cost", OPTIONAL, &cost))
        return -1;
    if (!cost)
        return 0;
    text_format(at, sizeof(at), "%s.cost", place);
    c->measures = RESULT_WHOLE_ITERATION;
    if (reader_name(r, cost, at, "unit", &c->unit) || reader_name(r, cost, at, "class", &class) ||
        reader_string(r, cost, at, "measures", OPTIONAL, &c->measures) ||
        reader_number(r, cost, at, "samples", &c->samples) || reader_number(r, cost, at, "min", &c->min) ||
        reader_number(r, cost, at, "median", &c->median) || reader_number(r, cost, at, "mean", &c->mean) ||
        reader_number(r, cost, at, "max", &c->max))
        return -1;
    c->exact = strcmp(class, "exact") == 0;
    if (!c->exact && strcmp(class, "noisy") != 0)
        return reader_bad(r, at, "class", "is \"%.64s\"; known are exact and noisy", class);
    if (c->min > c->median || c->median > c->max)
        return reader_bad(r, at, "median", "does not lie between min and max; run the suite again");
    if (read_distribution(r, cost, at, c))
        return -1;
    c->trimmed = trimmed_mean(c->distribution, c->mean);
    b->has_cost = true;
    return 0;
}

static int read_cold(const struct result_reader *r, json_t *object, const char *place, struct result_benchmark *b)
{
    json_t *cold, *cost;
    char at[160];
    if (reader_object(r, object, place, "cold", OPTIONAL, &cold))
        return -1;
    if (!cold)
        return 0;
    text_format(at, sizeof(at), "%s.cold", place);
    if (reader_object(r, cold, at, "cost", OPTIONAL, &cost))
        return -1;
    if (!cost)
        return 0;
    text_format(at, sizeof(at), "%s.cold.cost", place);
    b->has_cold = true;
    const char *class = b->has_cost && !b->cost.exact ? "noisy" : "exact";
    b->cold_unit = b->has_cost ? b->cost.unit : "";
    if (reader_string(r, cost, at, "unit", OPTIONAL, &b->cold_unit) ||
        reader_string(r, cost, at, "class", OPTIONAL, &class))
        return -1;
    b->cold_exact = strcmp(class, "exact") == 0;
    return reader_number(r, cost, at, "value", &b->cold);
}

static int read_unavailable(const struct result_reader *r, json_t *object, const char *place,
                            struct result_benchmark *b)
{
    json_t *unavailable, *value;
    const char *key;
    char at[160];
    if (reader_object(r, object, place, "unavailable", OPTIONAL, &unavailable))
        return -1;
    text_format(at, sizeof(at), "%s.unavailable", place);
    json_object_foreach(unavailable, key, value)
    {
        if (!text_is_name(key))
            return reader_bad(r, at, "", "has the key \"%.64s\", which is not a name; run the suite again", key);
        if (!json_is_string(value))
            return reader_bad(r, at, key, "is %s, not a reason; run the suite again", reader_type(value));
    }
    b->unavailable = unavailable;
    return 0;
}

static int read_benchmark(const struct result_reader *r, json_t *object, const char *place, struct result_benchmark *b)
{
    uint64_t iterations = 0, operations = 0, warmup = 0;
    *b = (struct result_benchmark){.subsystem = "", .reason = "", .cold_unit = "", .iterations = 1, .operations = 1};
    if (!json_is_object(object))
        return reader_bad(r, place, "", "is %s, not an object; run the suite again", reader_type(object));
    if (reader_name(r, object, place, "name", &b->name) ||
        reader_string(r, object, place, "subsystem", OPTIONAL, &b->subsystem) ||
        reader_count(r, object, place, "parameter", OPTIONAL, 0, &b->parameter) ||
        reader_name(r, object, place, "status", &b->status) ||
        reader_string(r, object, place, "reason", OPTIONAL, &b->reason) || read_unavailable(r, object, place, b))
        return -1;
    if (strcmp(b->status, "ok") != 0)
        return 0;
    if (reader_count(r, object, place, "iterations", REQUIRED, 1, &iterations) ||
        reader_count(r, object, place, "ops_per_iteration", REQUIRED, 1, &operations) ||
        reader_count(r, object, place, "warmup", OPTIONAL, 0, &warmup) ||
        reader_count(r, object, place, "clock_interrupts", OPTIONAL, 0, &b->clock_interrupts))
        return -1;
    b->iterations = (double)iterations;
    b->operations = (double)operations;
    b->warmup = (double)warmup;
    return read_cost(r, object, place, b) || read_cold(r, object, place, b) ||
                   reader_entries(r, object, place, &b->entries)
               ? -1
               : 0;
}

static bool same_benchmark(const struct result_benchmark *a, const struct result_benchmark *b)
{
    return a->parameter == b->parameter && a->name && b->name && strcmp(a->name, b->name) == 0;
}

static int read_benchmarks(const struct result_reader *r, json_t *object, const char *place, struct result_run *run)
{
    json_t *list, *value;
    size_t i;
    char at[96];
    if (reader_array(r, object, place, "benchmarks", REQUIRED, RESULT_BENCHMARKS_MAX, &list))
        return -1;
    run->benchmark = calloc(json_array_size(list) + 1, sizeof(*run->benchmark));
    if (!run->benchmark)
        return reader_bad(r, place, "benchmarks", "out of memory");
    json_array_foreach(list, i, value)
    {
        struct result_benchmark *b = &run->benchmark[run->benchmarks++];
        text_format(at, sizeof(at), "%s.benchmarks[%zu]", place, i);
        if (read_benchmark(r, value, at, b))
            return -1;
        for (size_t j = 0; j < i; j++)
            if (same_benchmark(&run->benchmark[j], b))
                return reader_bad(r, at, "name", "\"%s\" stands there twice (benchmarks[%zu]); take one out", b->name,
                                  j);
    }
    return 0;
}

/* The lab, or the host, describes itself under its own name. */
static int read_machine(const struct result_reader *r, json_t *object, const char *place, struct result_run *run)
{
    json_t *machine;
    char at[160];
    if (reader_object(r, object, place, run->machine, OPTIONAL, &machine))
        return -1;
    if (!machine)
        return 0;
    text_format(at, sizeof(at), "%s.%s", place, run->machine);
    return reader_string(r, machine, at, "cpu", OPTIONAL, &run->machine_cpu) ||
                   reader_string(r, machine, at, "clock", OPTIONAL, &run->machine_clock) ||
                   reader_count(r, machine, at, "memory_mib", OPTIONAL, 0, &run->machine_memory_mib)
               ? -1
               : 0;
}

/* For the reports a mode is all that a guest's part of the key says: "hvm+emulated" is a column beside "hvm". */
static int take_guest_words(const struct result_reader *r, json_t *object, const char *place, struct result_run *run,
                            size_t size)
{
    json_t *words = json_stringn(run->setting + strlen(run->hypervisor) + 1, size);
    if (!words || json_object_set_new(object, "mode", words))
        return reader_bad(r, place, "", "out of memory");
    run->mode = json_string_value(words);
    return 0;
}

/* Results had none when nothing could be unusual: those three said it all. */
static int read_setting(const struct result_reader *r, json_t *object, const char *place, struct result_run *run)
{
    char usual[256];
    text_format(usual, sizeof(usual), "%s/%s@%s", run->hypervisor, run->mode, run->machine);
    if (reader_string(r, object, place, "setting", OPTIONAL, &run->setting))
        return -1;
    if (!*run->setting) {
        json_object_set_new(object, "setting", json_text(usual));
        run->setting = json_string_value(json_object_get(object, "setting"));
    }
    const size_t begin = strlen(run->hypervisor) + 1 + strlen(run->mode), end = strlen(run->machine) + 1;
    const size_t size = strlen(run->setting);
    if (size < begin + end || strncmp(run->setting, usual, begin) != 0 ||
        strcmp(run->setting + size - end, usual + begin) != 0)
        return reader_bad(r, place, "setting", "is \"%.60s\", which is not of %.120s; run the suite again",
                          run->setting, usual);
    return take_guest_words(r, object, place, run, size - end - strlen(run->hypervisor) - 1);
}

static int read_run(const struct result_reader *r, json_t *object, const char *place, struct result_run *run)
{
    json_t *hypervisor, *guest;
    char at[96];
    run->version = run->sha256 = run->guest_sha256 = run->workloads_sha256 = "";
    run->machine_cpu = run->machine_clock = run->reason = run->setting = "";
    run->boot = 1;
    if (!json_is_object(object))
        return reader_bad(r, place, "", "is %s, not an object; run the suite again", reader_type(object));
    if (reader_object(r, object, place, "hypervisor", REQUIRED, &hypervisor) ||
        reader_object(r, object, place, "guest", OPTIONAL, &guest))
        return -1;
    text_format(at, sizeof(at), "%s.hypervisor", place);
    if (reader_name(r, hypervisor, at, "name", &run->hypervisor) ||
        reader_string(r, hypervisor, at, "version", OPTIONAL, &run->version) ||
        reader_string(r, hypervisor, at, "sha256", OPTIONAL, &run->sha256) ||
        reader_name(r, object, place, "mode", &run->mode) || reader_name(r, object, place, "machine", &run->machine) ||
        reader_count(r, object, place, "boot", OPTIONAL, 1, &run->boot) ||
        reader_name(r, object, place, "status", &run->status) ||
        reader_string(r, object, place, "reason", OPTIONAL, &run->reason))
        return -1;
    text_format(at, sizeof(at), "%s.guest", place);
    if (guest && (reader_string(r, guest, at, "sha256", OPTIONAL, &run->guest_sha256) ||
                  reader_string(r, guest, at, "workloads_sha256", OPTIONAL, &run->workloads_sha256)))
        return -1;
    return read_setting(r, object, place, run) || read_machine(r, object, place, run) ||
                   read_benchmarks(r, object, place, run)
               ? -1
               : 0;
}

const char *revision_text(const char *revision, const char *unknown, char into[REVISION_TEXT])
{
    const char *mark = strchr(revision, '-');
    if (*revision)
        text_format(into, REVISION_TEXT, "%.12s%.20s", revision, mark && mark - revision > 12 ? mark : "");
    else
        text_format(into, REVISION_TEXT, *unknown ? "unknown: %.200s" : "%s", unknown);
    return into;
}

static int read_head(const struct result_reader *r, json_t *document, struct result *result)
{
    const char *schema = "";
    json_t *suite, *provenance;
    result->suite = result->date = result->pvbench = result->revision = result->revision_unknown = "";
    if (!json_is_object(document))
        return reader_bad(r, "the whole", "", "is %s, not an object; give a file that pvbench run wrote",
                          reader_type(document));
    if (reader_string(r, document, "", "schema", REQUIRED, &schema))
        return -1;
    if (strcmp(schema, RESULT_SCHEMA) != 0)
        return reader_bad(r, "schema", "", "is \"%.64s\"; give a file with \"" RESULT_SCHEMA "\"", schema);
    if (reader_object(r, document, "", "suite", REQUIRED, &suite) ||
        reader_name(r, suite, "suite", "name", &result->suite) ||
        reader_object(r, document, "", "provenance", OPTIONAL, &provenance))
        return -1;
    if (!provenance)
        return 0;
    return reader_date(r, provenance, "provenance", "date", &result->date) ||
                   reader_string(r, provenance, "provenance", "pvbench", OPTIONAL, &result->pvbench) ||
                   reader_string(r, provenance, "provenance", "git_revision", OPTIONAL, &result->revision) ||
                   reader_string(r, provenance, "provenance", "git_revision_unknown", OPTIONAL,
                                 &result->revision_unknown)
               ? -1
               : 0;
}

static int read_document(const struct result_reader *r, struct result *result)
{
    json_t *list, *value;
    size_t i;
    char at[48];
    if (reader_clean(r, result->document) || read_head(r, result->document, result) ||
        reader_array(r, result->document, "", "runs", REQUIRED, RESULT_RUNS_MAX, &list))
        return -1;
    result->run = calloc(json_array_size(list) + 1, sizeof(*result->run));
    if (!result->run)
        return reader_bad(r, "runs", "", "out of memory");
    json_array_foreach(list, i, value)
    {
        snprintf(at, sizeof(at), "runs[%zu]", i);
        if (read_run(r, value, at, &result->run[result->runs++]))
            return -1;
    }
    return reader_sources(r, result);
}

int result_take(struct result *r, const char *path, json_t *document, struct report_error *e)
{
    const struct result_reader reader = {path, e};
    *r = (struct result){.document = document};
    if (traced_is(document)) {
        r->document = traced_result(&reader, document);
        json_decref(document);
    }
    int bad = r->document ? read_document(&reader, r) : -1;
    if (bad)
        result_free(r);
    return bad;
}

static void free_entries(struct result_entries *entries)
{
    for (size_t i = 0; i < entries->kinds; i++)
        free(entries->kind[i].detail);
    free(entries->kind);
}

void result_free(struct result *r)
{
    for (size_t i = 0; i < r->runs; i++) {
        for (size_t j = 0; j < r->run[i].benchmarks; j++)
            free_entries(&r->run[i].benchmark[j].entries);
        free(r->run[i].benchmark);
    }
    free(r->run);
    json_decref(r->document);
    *r = (struct result){0};
}

const char *result_why(const struct result_benchmark *b, const char *what)
{
    const char *why = json_string_value(json_object_get(b->unavailable, what));
    return why ? why : "";
}
