/* traced.c: from a trace to the result that it stands for; traced.h says how. */
#include "reports/result/traced.h"

#include "common/json_text.h"
#include "common/text.h"

#include <string.h>

#define SECONDS_MOST 1e10
#define GUESTS_MOST  RESULT_RUNS_MAX

bool traced_is(const json_t *document)
{
    const char *schema = json_string_value(json_object_get(document, "schema"));
    return schema && strcmp(schema, TRACE_SCHEMA) == 0;
}

/* --- one kind ---------------------------------------------------------------------- */

struct kind {
    bool timed;
    uint64_t count;
    double total, min, p50, p99, max;
};

static int read_kind(const struct result_reader *r, json_t *object, const char *place, bool hypervisor_times,
                     struct kind *k)
{
    *k = (struct kind){0};
    if (!json_is_object(object))
        return reader_bad(r, place, "", "is %s, not an object; record the trace again", reader_type(object));
    if (reader_count(r, object, place, "count", REQUIRED, 0, &k->count))
        return -1;
    if (!k->count)
        return 0;
    /* Xen writes down no end of a PV guest's entries. */
    k->timed = hypervisor_times || json_object_get(object, "total");
    if (!k->timed)
        return 0;
    if (!json_object_get(object, "p50"))
        return reader_bad(r, place, "p50",
                          "is missing: an older pvbench recorded no percentiles; record the trace again");
    if (reader_number(r, object, place, "total", &k->total) || reader_number(r, object, place, "min", &k->min) ||
        reader_number(r, object, place, "p50", &k->p50) || reader_number(r, object, place, "p99", &k->p99) ||
        reader_number(r, object, place, "max", &k->max))
        return -1;
    if (k->min > k->p50 || k->p50 > k->p99 || k->p99 > k->max)
        return reader_bad(r, place, "p50", "is not between min, p99 and max; record the trace again");
    return 0;
}

static json_t *cost_of(const struct kind *k, const char *unit)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:f, s:f, s:f, s:f, s:f}", "unit", unit, "class", "noisy", "measures",
                     "from the entry to the guest again", "samples", (json_int_t)k->count, "min", k->min, "median",
                     k->p50, "mean", k->total / (double)k->count, "p99", k->p99, "max", k->max);
}

static json_t *entry_of(const struct kind *k, const char *unit)
{
    if (!k->timed)
        return json_pack("{s:I, s:n}", "count", (json_int_t)k->count, "cost");
    return json_pack("{s:I, s:{s:s, s:s, s:f, s:f, s:f, s:f}}", "count", (json_int_t)k->count, "cost", "unit", unit,
                     "class", "noisy", "total", k->total, "min", k->min, "mean", k->total / (double)k->count, "max",
                     k->max);
}

static json_t *no_entries(void)
{
    json_t *entries = json_object();
    for (int class = 0; class < PVB_CLASSES; class ++)
        json_object_set_new(entries, result_classes[class], json_object());
    return entries;
}

/* A workload of one operation: this entry. */
static json_t *benchmark_of(enum pvb_class class, const char *name, const struct kind *k, const char *unit)
{
    char title[128];
    json_t *entries = no_entries();
    text_format(title, sizeof(title), "%s.%s", result_classes[class], name);
    json_object_set_new(json_object_get(entries, result_classes[class]), name, entry_of(k, unit));
    json_t *benchmark =
        json_pack("{s:s, s:s, s:I, s:i, s:o, s:o, s:I}", "name", title, "status", "ok", "iterations",
                  (json_int_t)k->count, "ops_per_iteration", 1, "cost", k->timed ? cost_of(k, unit) : json_null(),
                  "entries", entries, "entries_total", (json_int_t)k->count);
    if (!k->timed)
        json_object_set_new(benchmark, "unavailable",
                            json_pack("{s:s}", "cost", "Xen writes down no end of a PV guest's entries"));
    return benchmark;
}

/* --- one guest ----------------------------------------------------------------------- */

struct guest {
    const char *unit;
    json_t *benchmarks, *entries; /* of all kinds */
    json_int_t total;
};

static int take_class(const struct result_reader *r, json_t *kinds, const char *place, enum pvb_class class,
                      struct guest *g)
{
    const char *name;
    json_t *value;
    char at[200];
    json_object_foreach(kinds, name, value)
    {
        struct kind k;
        text_format(at, sizeof(at), "%s.%.64s", place, name);
        /* With its class in front it is a name still. */
        if (!text_is_name(name) || strlen(name) > 50)
            return reader_bad(r, at, "", "is no name of an entry; record the trace again");
        if (json_array_size(g->benchmarks) + 1 >= RESULT_BENCHMARKS_MAX)
            return reader_bad(r, place, "", "has more than %d kinds; record the trace again", RESULT_BENCHMARKS_MAX);
        if (read_kind(r, value, at, class == PVB_CLASS_EXIT, &k))
            return -1;
        if (!k.count)
            continue; /* one that was under way at the end */
        json_array_append_new(g->benchmarks, benchmark_of(class, name, &k, g->unit));
        json_object_set_new(json_object_get(g->entries, result_classes[class]), name, entry_of(&k, g->unit));
        g->total += (json_int_t)k.count;
    }
    return 0;
}

/* KVM's guests have exits alone; of Xen's each class is there. */
static int take_kinds(const struct result_reader *r, json_t *trace, const char *place, struct guest *g)
{
    json_t *exits, *entries, *kinds;
    char at[160];
    if (reader_object(r, trace, place, "exits", OPTIONAL, &exits) ||
        reader_object(r, trace, place, "entries", OPTIONAL, &entries))
        return -1;
    if (!exits == !entries)
        return reader_bad(r, place, "exits", "or entries must be there, and not both; record the trace again");
    text_format(at, sizeof(at), "%sexits", place);
    if (exits)
        return take_class(r, exits, at, PVB_CLASS_EXIT, g);
    for (int class = 0; class < PVB_CLASSES; class ++) {
        text_format(at, sizeof(at), "%sentries", place);
        if (reader_object(r, entries, at, result_classes[class], OPTIONAL, &kinds))
            return -1;
        text_format(at, sizeof(at), "%sentries.%s", place, result_classes[class]);
        if (take_class(r, kinds, at, (enum pvb_class) class, g))
            return -1;
    }
    return 0;
}

/* So many entries in so many milliseconds. */
static json_t *millisecond(struct guest *g, double seconds)
{
    double ms = seconds * 1000 + 0.5;
    return json_pack("{s:s, s:s, s:I, s:i, s:n, s:O, s:I, s:{s:s}}", "name", "millisecond", "status", "ok",
                     "iterations", (json_int_t)(ms < 1 ? 1 : ms), "ops_per_iteration", 1, "cost", "entries", g->entries,
                     "entries_total", g->total, "unavailable", "cost",
                     "a guest that is traced has no operation of its own");
}

/* As a word of the setting; what no name has becomes an underscore. */
static void append_name(char *mode, size_t size, const char *name)
{
    size_t n = strlen(mode);
    if (n + 1 < size)
        mode[n++] = '+';
    for (; *name && n + 1 < size && n < 60; name++) {
        const char one[] = {'x', *name, 0};
        mode[n++] = *name != '+' && *name != '/' && *name != '@' && text_is_name(one) ? *name : '_';
    }
    mode[n] = 0;
}

static json_t *run_of(const struct result_reader *r, json_t *trace, const char *place, double seconds, bool several)
{
    /* A file of xentrace does not say: who has exits is not PV. */
    const json_t *exits = json_object_get(json_object_get(trace, "entries"), result_classes[PVB_CLASS_EXIT]);
    const char *hypervisor = "kvm", *mode = exits && !json_object_size(exits) ? "pv" : "hvm", *version = "",
               *name = "guest";
    json_t *whose = NULL;
    char words[64], setting[200];
    struct guest g = {.unit = "ns"};
    if (reader_string(r, trace, place, "hypervisor", OPTIONAL, &hypervisor) ||
        reader_string(r, trace, place, "mode", OPTIONAL, &mode) ||
        reader_string(r, trace, place, "version", OPTIONAL, &version) ||
        reader_string(r, trace, place, "unit", OPTIONAL, &g.unit) ||
        reader_object(r, trace, place, strcmp(hypervisor, "kvm") == 0 ? "process" : "domain", OPTIONAL, &whose) ||
        (whose && reader_string(r, whose, place, "name", OPTIONAL, &name)))
        return NULL;
    if (!text_is_name(hypervisor) || !text_is_name(mode) || !text_is_name(g.unit)) {
        reader_bad(r, place, "hypervisor", "mode or unit is no name; record the trace again");
        return NULL;
    }
    text_format(words, sizeof(words), "%.16s+traced", mode);
    if (several)
        append_name(words, sizeof(words), name);
    text_format(setting, sizeof(setting), "%s/%s@host", hypervisor, words);
    g.benchmarks = json_array();
    g.entries = no_entries();
    json_t *run = NULL;
    if (take_kinds(r, trace, place, &g) == 0) {
        json_array_insert_new(g.benchmarks, 0, millisecond(&g, seconds));
        run = json_pack("{s:{s:s, s:s}, s:s, s:s, s:s, s:i, s:s, s:O}", "hypervisor", "name", hypervisor, "version",
                        version, "mode", mode, "machine", "host", "setting", setting, "boot", 1, "status", "ok",
                        "benchmarks", g.benchmarks);
    }
    json_decref(g.benchmarks);
    json_decref(g.entries);
    return run;
}

/* --- the whole ------------------------------------------------------------------------ */

static int take_guests(const struct result_reader *r, json_t *trace, json_t *runs)
{
    json_t *list, *guest;
    size_t i;
    double seconds = 0;
    char at[48];
    if (reader_number(r, trace, "", "seconds", &seconds))
        return -1;
    if (!(seconds > 0 && seconds < SECONDS_MOST))
        return reader_bad(r, "seconds", "", "is not above 0; record the trace again, with pvbench trace --json");
    if (reader_array(r, trace, "", "guests", OPTIONAL, GUESTS_MOST, &list))
        return -1;
    if (!list) {
        json_t *run = run_of(r, trace, "", seconds, false);
        return run ? json_array_append_new(runs, run) : -1;
    }
    json_array_foreach(list, i, guest)
    {
        snprintf(at, sizeof(at), "guests[%zu].", i);
        if (!json_is_object(guest))
            return reader_bad(r, at, "", "is %s, not an object; record the trace again", reader_type(guest));
        json_t *run = run_of(r, guest, at, seconds, true);
        if (!run || json_array_append_new(runs, run))
            return -1;
    }
    return 0;
}

/* Guests of one name are boots of one setting. */
static void number_boots(json_t *runs)
{
    for (size_t i = 0; i < json_array_size(runs); i++) {
        json_t *run = json_array_get(runs, i);
        int boot = 1;
        for (size_t j = 0; j < i; j++)
            boot += json_equal(json_object_get(json_array_get(runs, j), "setting"), json_object_get(run, "setting"));
        json_object_set_new(run, "boot", json_integer(boot));
    }
}

json_t *traced_result(const struct result_reader *r, const json_t *trace)
{
    json_t *copy = json_deep_copy(trace), *runs = json_array(), *result = NULL;
    json_t *provenance = json_object(), *told = NULL;
    if (reader_clean(r, copy) == 0 && reader_object(r, copy, "", "provenance", OPTIONAL, &told) == 0 &&
        take_guests(r, copy, runs) == 0) {
        if (told)
            json_object_update(provenance, told);
        json_object_set(provenance, "wall_s", json_object_get(copy, "seconds"));
        number_boots(runs);
        result = json_pack("{s:s, s:{s:s}, s:O, s:O}", "schema", RESULT_SCHEMA, "suite", "name", "trace", "provenance",
                           provenance, "runs", runs);
    }
    json_decref(provenance);
    json_decref(runs);
    json_decref(copy);
    return result;
}
