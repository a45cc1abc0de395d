/*
 * report_host.c: what belongs to numbers of a host: how they were scheduled,
 * what changed meanwhile, the noise floor, and what the PMU counted.
 *
 * The noise floor comes from an A/A control that every run in blocks holds
 * within itself: a block boots each guest twice, so each workload's first boots
 * of the blocks are held against its second ones. What differs between them is noise.
 */
#include "reports/print/report_print.h"
#include "reports/common/wrap.h"
#include "reports/stats/judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct control {
    size_t compared, alarms; /* alarms: differences that a comparison would believe */
    double floor;            /* the largest, as a share */
    char where[160];
    size_t boots; /* on each side, at least */
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The n-th boot of its block, of the same guest: 0 or 1. */
static unsigned place_in_block(const json_t *runs, size_t at)
{
    const json_t *run = json_array_get(runs, at);
    unsigned before = 0;
    for (size_t i = 0; i < at; i++) {
        const json_t *other = json_array_get(runs, i);
        before += json_equal(json_object_get(other, "block"), json_object_get(run, "block")) &&
                  strcmp(text_of(other, "mode"), text_of(run, "mode")) == 0 &&
                  json_equal(json_object_get(other, "hypervisor"), json_object_get(run, "hypervisor"));
    }
    return before;
}

/* The two samples of one guest and one workload; each value is a boot's median. */
static void collect(const json_t *runs, const unsigned *place, const struct model_column *c, const char *workload,
                    json_int_t parameter, double *value[2], size_t n[2])
{
    const json_t *run, *bench;
    size_t i, j;
    n[0] = n[1] = 0;
    json_array_foreach(runs, i, run)
    {
        if (!json_is_integer(json_object_get(run, "block")) || place[i] > 1 ||
            strcmp(text_of(run, "setting"), c->setting) != 0)
            continue;
        json_array_foreach(json_object_get(run, "benchmarks"), j, bench)
        {
            const json_t *cost = json_object_get(bench, "cost");
            double median = json_number_value(json_object_get(cost, "median"));
            if (strcmp(text_of(bench, "name"), workload) == 0 && median > 0 && isfinite(median) &&
                json_integer_value(json_object_get(bench, "parameter")) == parameter &&
                strcmp(text_of(cost, "class"), "noisy") == 0)
                value[place[i]][n[place[i]]++] = median;
        }
    }
}

static void compare(struct control *k, double *value[2], const size_t n[2], const char *where)
{
    struct noisy t;
    size_t least = n[0] < n[1] ? n[0] : n[1];
    if (!least || judge_test(value[0], n[0], value[1], n[1], &t) || t.ratio <= 0)
        return;
    double by = fabs(t.ratio - 1);
    k->boots = k->compared && k->boots < least ? k->boots : least;
    k->compared++;
    k->alarms += t.p < JUDGE_ALPHA && t.interval.known && (t.interval.low > 1 || t.interval.high < 1);
    if (by >= k->floor) {
        k->floor = by;
        text_format(k->where, sizeof(k->where), "%s", where);
    }
}

static void noise_floor(const struct model *m, const struct report_options *o, const json_t *runs, FILE *out)
{
    struct control k = {0};
    size_t count = json_array_size(runs), n[2];
    double *value[2] = {calloc(count + 1, sizeof(double)), calloc(count + 1, sizeof(double))};
    unsigned *place = calloc(count + 1, sizeof(*place));
    for (size_t i = 0; place && i < count; i++)
        place[i] = place_in_block(runs, i);
    for (unsigned c = 0; value[0] && value[1] && place && c < m->columns; c++)
        for (size_t row = 0; row < m->rows; row++) {
            char where[160];
            text_format(where, sizeof(where), "%.90s %.60s", m->row[row].label, m->column[c].mode);
            collect(runs, place, &m->column[c], m->row[row].name, (json_int_t)m->row[row].parameter, value, n);
            compare(&k, value, n, where);
        }
    free(value[0]);
    free(value[1]);
    free(place);
    if (!k.compared)
        return;
    report_line(
        out, o, "noise floor",
        "%.2g %% (%s), the largest of %zu A/A comparisons of the first against the second boots of the blocks, %zu "
        "boots a side%s%s",
        100 * k.floor, k.where, k.compared, k.boots,
        k.boots < JUDGE_BOOTS_LEAST ? "; too few for more than a first idea" : "",
        k.alarms ? "; some of them would be believed to be real: this host is not steady enough" : "");
}

static void schedule(const struct report_options *o, const json_t *provenance, FILE *out)
{
    json_t *schedule = json_object_get(provenance, "schedule"), *pin = json_object_get(provenance, "pin");
    char place[200] = "no thread of a guest is pinned";
    json_int_t blocks, seed;
    if (json_is_object(pin))
        text_format(place, sizeof(place), "vCPUs on processors %.80s, helpers on %.80s", text_of(pin, "vcpus"),
                    text_of(pin, "helpers"));
    if (schedule && json_unpack(schedule, "{s:I, s:I}", "blocks", &blocks, "seed", &seed) == 0)
        report_line(out, o, "schedule", "%lld random blocks, seed %lld; %s", (long long)blocks, (long long)seed, place);
}

static void changes(const struct report_options *o, const json_t *provenance, FILE *out)
{
    const json_t *list = json_object_get(json_object_get(provenance, "environment"), "changed"), *change;
    size_t i;
    json_array_foreach(list, i, change)
    {
        char *before = json_dumps(json_object_get(change, "before"), JSON_ENCODE_ANY | JSON_COMPACT);
        char *after = json_dumps(json_object_get(change, "after"), JSON_ENCODE_ANY | JSON_COMPACT);
        if (before && after) {
            text_clean(before);
            text_clean(after);
            report_line(out, o, "changed", "%.60s was %.100s and is %.100s: the host was not the same all the time",
                        text_of(change, "what"), before, after);
        }
        free(before);
        free(after);
    }
}

/* The sum over vCPUs of one side's readings; false when there are none. `shared`: some had to be scaled. */
static bool side_sum(const json_t *event, const char *side, double *sum, bool *shared)
{
    const json_t *readings = json_object_get(event, side), *reading;
    size_t i;
    if (!json_is_array(readings) || !json_array_size(readings))
        return false;
    *sum = 0;
    json_array_foreach(readings, i, reading)
    {
        *sum += json_number_value(json_object_get(reading, "count"));
        *shared = *shared || json_object_get(reading, "counted");
    }
    return true;
}

static void pmu_event(const struct report_options *o, const char *guest, const char *name, const json_t *event,
                      FILE *out)
{
    static const char *const sides[] = {"guest", "host", "guest_and_host"};
    char text[600] = "", reason[200] = "", clean[160];
    bool shared = false;
    text_format(clean, sizeof(clean), "%s", name);
    text_clean(clean);
    for (unsigned i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        double sum;
        size_t used = strlen(text);
        const char *why = text_of(json_object_get(event, "unavailable"), sides[i]);
        if (side_sum(event, sides[i], &sum, &shared))
            text_format(text + used, sizeof(text) - used, ", %s %.6g", sides[i], sum);
        else if (*why)
            text_format(reason, sizeof(reason), "%s", why);
    }
    text_clean(reason);
    if (*text)
        report_line(out, o, "pmu", "%s, a boot: %s%s%s", guest, clean, text,
                    shared ? " (scaled: the counters had to be shared)" : "");
    else
        report_line(out, o, "pmu", "%s: %s is not known: %s", guest, clean, reason);
}

/* Of the first good boot of each guest; every boot's are in the result, and each region's. */
static void pmu(const struct model *m, const struct report_options *o, const json_t *runs, FILE *out)
{
    for (unsigned c = 0; c < m->columns; c++) {
        const json_t *run;
        size_t i;
        json_array_foreach(runs, i, run)
        {
            json_t *events = json_object_get(json_object_get(run, "pmu"), "events"), *event;
            const char *name;
            char guest[160];
            if (!json_is_object(events) || strcmp(text_of(run, "mode"), m->column[c].mode) != 0 ||
                strcmp(text_of(json_object_get(run, "hypervisor"), "name"), m->column[c].hypervisor) != 0 ||
                strcmp(text_of(run, "status"), "ok") != 0)
                continue;
            text_format(guest, sizeof(guest), "%.60s %.60s", m->column[c].hypervisor, m->column[c].mode);
            json_object_foreach(events, name, event) pmu_event(o, guest, name, event, out);
            break;
        }
    }
}

static void place_and_time(const struct report_options *o, const json_t *provenance, FILE *out)
{
    schedule(o, provenance, out);
    changes(o, provenance, out);
}

void report_host(const struct model *m, const struct report_options *o, FILE *out)
{
    const json_t *runs = json_object_get(m->result->document, "runs"), *sources = result_sources(m->result), *source;
    size_t i;
    if (!sources)
        place_and_time(o, json_object_get(m->result->document, "provenance"), out);
    json_array_foreach(sources, i, source) place_and_time(o, source, out);
    noise_floor(m, o, runs, out);
    pmu(m, o, runs, out);
}
