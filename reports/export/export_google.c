/*
 * export_google.c: google-benchmark's JSON, for its compare.py: a boot is a
 * repetition, an entry kind a counter. The format knows no unit but those of
 * time: a result in instructions or cycles says "ns" there, and in each
 * benchmark's label and in the context what it really is.
 */
#include "reports/export/export.h"
#include "common/json_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct state {
    json_t *list;
    const struct result *result;
};

static void name_of(const struct result_run *run, const struct result_benchmark *b, char *into, size_t size)
{
    char parameter[24] = "";
    if (b->parameter)
        snprintf(parameter, sizeof(parameter), "/%" PRIu64, b->parameter);
    snprintf(into, size, "%s%s/%s/%s%s", b->name, parameter, run->hypervisor, run->mode,
             strcmp(run->machine, "lab") == 0 ? "" : "/host");
}

static int64_t boots_of(const struct result *r, const struct result_run *like)
{
    int64_t boots = 0;
    for (size_t i = 0; i < r->runs; i++)
        boots += strcmp(r->run[i].setting, like->setting) == 0;
    return boots;
}

static void counters(json_t *o, const struct result_benchmark *b)
{
    double operations = b->iterations * b->operations;
    char key[96];
    if (!b->entries.known)
        return;
    json_object_set_new(o, "entries", export_json_number(export_entries(b) / operations));
    for (size_t i = 0; i < b->entries.kinds; i++) {
        const struct result_kind *k = &b->entries.kind[i];
        snprintf(key, sizeof(key), "%s.%s", result_classes[k->class], k->name);
        json_object_set_new(o, key, export_json_number(k->count / operations));
    }
}

static void visit(const struct result_run *run, const struct result_benchmark *b, const json_t *document, void *with)
{
    struct state *s = with;
    char name[256];
    (void)document;
    if (strcmp(b->status, "ok") != 0 || !b->has_cost)
        return;
    json_t *o = json_object();
    name_of(run, b, name, sizeof(name));
    json_object_set_new(o, "name", json_text(name));
    json_object_set_new(o, "run_name", json_text(name));
    json_object_set_new(o, "run_type", json_string("iteration"));
    json_object_set_new(o, "repetitions", json_integer(boots_of(s->result, run)));
    json_object_set_new(o, "repetition_index", json_integer((json_int_t)run->boot - 1));
    json_object_set_new(o, "threads", json_integer(1));
    json_object_set_new(o, "iterations", export_json_number(b->iterations * b->operations));
    json_object_set_new(o, "real_time", export_json_number(b->cost.median / b->operations));
    json_object_set_new(o, "cpu_time", export_json_number(b->cost.median / b->operations));
    json_object_set_new(o, "time_unit", json_string("ns"));
    json_object_set_new(o, "label", json_text(b->cost.unit));
    counters(o, b);
    json_array_append_new(s->list, o);
}

void export_google_benchmark(const struct model *m, FILE *out)
{
    struct state s = {json_array(), m->result};
    const json_t *provenance = json_object_get(m->result->document, "provenance");
    const json_t *cpus = json_object_get(provenance, "cpus"), *host = json_object_get(provenance, "host");
    const char *unit;
    json_t *document = json_object(), *context = json_object();
    bool one = model_one_unit(m, &unit);
    export_each(m, visit, &s);
    json_object_set_new(context, "date", json_text(m->result->date));
    json_object_set_new(context, "host_name", json_text(json_is_string(host) ? json_string_value(host) : ""));
    json_object_set_new(context, "executable", json_string("pvbench"));
    json_object_set_new(context, "num_cpus", json_integer(json_is_integer(cpus) ? json_integer_value(cpus) : 0));
    json_object_set_new(context, "mhz_per_cpu", json_integer(0));
    json_object_set_new(context, "cpu_scaling_enabled", json_false());
    json_object_set_new(context, "caches", json_array());
    json_object_set_new(context, "load_avg", json_array());
    json_object_set_new(context, "library_version", json_text(m->result->pvbench));
    json_object_set_new(context, "library_build_type", json_string("release"));
    json_object_set_new(context, "json_schema_version", json_integer(1));
    json_object_set_new(context, "pvbench_unit", json_text(one ? unit : "see each label"));
    json_object_set_new(document, "context", context);
    json_object_set_new(document, "benchmarks", s.list);
    json_print(document, JSON_INDENT(2), out);
}
