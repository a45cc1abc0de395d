/* run_json.c: an observation and its verdict become JSON; run_json.h says which parts. */
#include "runner/document/run_json.h"
#include "common/json_text.h"

#include "collectors/entries_json.h"
#include "collectors/sources.h"
#include "collectors/summary.h"

#include <stdio.h>
#include <string.h>

/* lab_host_take.c says its own for what a host in the lab hands out. */
#define NO_PMU_IN_LAB "no hardware PMU in the lab"
#define NO_PMU_ASKED  "no events were asked for; see --events"
#define NO_PMU_THREAD "a guest of this hypervisor is no thread of this kernel, so its counters cannot be had from here"

/* What every run begins with: hypervisor, mode, machine, guest. The number of the boot is the result's to give; the key
 * stands here for its place. */
static json_t *head(const struct boot_order *o, const char *version)
{
    if (!*version)
        version = o->identity->version[0] ? o->identity->version : "unknown";
    json_t *run = json_pack("{s:{s:s, s:o, s:s}, s:s, s:s}", "hypervisor", "name", o->setting.hypervisor, "version",
                            json_text(version), "sha256", o->identity->sha256, "mode", o->setting.guest[0].mode,
                            "machine", o->setting.machine);
    char key[SETTING_KEY_SIZE];
    setting_key(&o->setting, key, sizeof(key));
    json_object_set_new(run, "setting", json_text(key));
    if (*guest_devices(&o->setting.guest[0]))
        json_object_set_new(run, "devices", json_text(guest_devices(&o->setting.guest[0])));
    if (o->setting.guest[0].vcpus != SETTING_VCPUS)
        json_object_set_new(run, "vcpus", json_integer(o->setting.guest[0].vcpus));
    json_object_set_new(run, "boot", json_integer(0));
    if (o->block)
        json_object_set_new(run, "block", json_integer(o->block));
    if (o->machine->describe)
        json_object_set_new(run, o->setting.machine, o->machine->describe(o->hypervisor, &o->setting.guest[0]));
    if (o->words)
        json_object_set_new(json_object_get(run, o->setting.machine), "variant",
                            json_pack("{s:s, s:s}", "name", o->variant, "words", o->words));
    json_t *guest = json_pack("{s:s, s:s}", "sha256", o->image->sha256, "workloads_sha256", o->workloads_sha256);
    /* Its image is of the loads alone, the kernel the rest. */
    if (o->image->kernel.size) {
        json_object_set_new(guest, "workloads_sha256", json_string(o->image->sha256));
        json_object_set_new(guest, "kernel_sha256", json_string(o->image->kernel_sha256));
    }
    if (o->image->programs.size)
        json_object_set_new(guest, "programs_sha256", json_string(o->image->programs_sha256));
    if (o->setting.guest[0].words)
        json_object_set_new(guest, "words", json_text(o->setting.guest[0].words));
    json_object_set_new(run, "guest", guest);
    return run;
}

static void set_status(json_t *object, const char *status, const char *reason)
{
    json_object_set_new(object, "status", json_text(status));
    if (reason && *reason)
        json_object_set_new(object, "reason", json_text(reason));
}

static json_t *bench_head(const struct pvb_param_workload *asked)
{
    json_t *bench = json_pack("{s:s}", "name", asked->name);
    if (asked->parameter)
        json_object_set_new(bench, "parameter", json_integer((json_int_t)asked->parameter));
    return bench;
}

static json_t *unmeasured(const struct pvb_param_workload *asked, const char *status, const char *reason)
{
    json_t *bench = bench_head(asked);
    set_status(bench, status, reason);
    return bench;
}

static json_t *samples_json(const struct bench *b, const struct measure *m)
{
    struct summary s;
    summary_make(&s, &b->samples);
    json_t *cost =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:I, s:I}", "unit", m->unit, "class", m->class, "measures",
                  b->measures, "samples", (json_int_t)s.count, "min", (json_int_t)s.min, "median", (json_int_t)s.median,
                  "mean", quotient_json(s.total, s.count), "p99", (json_int_t)s.p99, "max", (json_int_t)s.max);
    /* A series is too long for a result, and so is its distribution. */
    if (b->samples.items > 1 && !b->series)
        json_object_set_new(cost, "distribution", distribution_json(&b->samples));
    return cost;
}

static void set_phases(json_t *bench, const struct bench *b, const struct measure *m)
{
    json_t *phases = json_pack("{s:s, s:s, s:[]}", "unit", m->unit, "class", m->class, "each"), *each = NULL;
    each = json_object_get(phases, "each");
    for (unsigned i = 0; i < b->phases; i++)
        json_array_append_new(
            each, json_pack("{s:s, s:I}", "name", b->phase[i].name, "value", (json_int_t)b->phase[i].ticks));
    json_object_set_new(bench, "phases", phases);
}

/* What was found of the warm-up; and all samples, equal ones in a row as [value, count], for the journal. */
static void set_series(json_t *bench, const struct bench *b)
{
    json_t *series = json_array();
    for (size_t i = 0, next; i < b->series_count; i = next) {
        for (next = i; next < b->series_count && b->series[next] == b->series[i]; next++)
            continue;
        json_array_append_new(series, json_pack("[I, I]", (json_int_t)b->series[i], (json_int_t)(next - i)));
    }
    json_object_set_new(bench, "settled",
                        json_pack("{s:I, s:I, s:I, s:b}", "after", (json_int_t)b->warm_up.samples, "median_before",
                                  (json_int_t)b->warm_up.before, "median", (json_int_t)b->warm_up.steady, "unsteady",
                                  b->warm_up.unsteady));
    json_object_set_new(bench, "series", series);
}

/* `entries` and `entries_total`, or null and the reason; then what the collectors add. */
static void set_region(const struct observation *o, const struct region_document *d)
{
    const char *trouble = region_trouble(d->books);
    uint64_t total = 0;
    json_object_set_new(d->object, "entries", trouble ? json_null() : entries_json(d->books, d->m, &total));
    json_object_set_new(d->object, "entries_total", trouble ? json_null() : json_integer((json_int_t)total));
    if (o->vcpus > 1)
        json_object_set_new(d->object, "by_vcpu", trouble ? json_null() : by_vcpu_json(d->books, o->vcpus));
    if (trouble)
        region_unavailable(d, "entries", trouble);
    sources_region(o, d);
}

/* No collector has said anything of it. */
static void set_no_pmu(json_t *bench, json_t *unavailable, bool exact, bool asked)
{
    if (json_object_get(bench, "pmu"))
        return;
    json_object_set_new(bench, "pmu", json_null());
    json_object_set_new(unavailable, "pmu", json_string(exact ? NO_PMU_IN_LAB : asked ? NO_PMU_THREAD : NO_PMU_ASKED));
}

/* `me`: of the entries, which another clock may have timed than the guest's samples. */
static json_t *measured(const struct observation *o, unsigned i, const struct measure *m, const struct measure *me)
{
    const struct pvb_param_workload *asked = &o->asked[i];
    const struct bench *b = &o->bench[i];
    json_t *bench = bench_head(asked), *unavailable = json_object();
    set_status(bench, "ok", NULL);
    json_object_set_new(bench, "iterations", json_integer(asked->iterations));
    json_object_set_new(bench, "ops_per_iteration", json_integer((json_int_t)b->ops));
    json_object_set_new(bench, "warmup", json_integer(asked->warmup));
    json_object_set_new(bench, "cost", samples_json(b, m));
    if (b->series)
        set_series(bench, b);
    if (b->phases)
        set_phases(bench, b, m);
    json_t *cold =
        json_pack("{s:{s:s, s:s, s:I}}", "cost", "unit", m->unit, "class", m->class, "value", (json_int_t)b->cold);
    set_region(o, &(struct region_document){PVB_REGION_COLD(i), &o->books.region[PVB_REGION_COLD(i)], me, cold,
                                            unavailable, "cold."});
    json_object_set_new(bench, "cold", cold);
    set_region(o, &(struct region_document){PVB_REGION_STEADY(i), &o->books.region[PVB_REGION_STEADY(i)], me, bench,
                                            unavailable, ""});
    set_no_pmu(bench, unavailable, strcmp(m->class, "exact") == 0, o->events);
    json_object_set_new(bench, "unavailable", unavailable);
    return bench;
}

/* A workload's end when the boot ended inside of it. */
static const char *lost_status(enum status status)
{
    if (status == STATUS_TIMEOUT)
        return "timeout";
    return status == STATUS_ERROR ? "error" : "crashed";
}

/* NULL: not concluded, for the next boot. */
static json_t *bench_json(const struct observation *o, unsigned i, const struct measure *m, const struct measure *me,
                          enum status status, const char *reason)
{
    const struct pvb_param_workload *asked = &o->asked[i];
    const struct bench *b = &o->bench[i];
    if (b->fault[0])
        return unmeasured(asked, "error", b->fault);
    if (b->state == BENCH_UNSEEN)
        return NULL;
    if (!b->ended)
        return unmeasured(asked, lost_status(status), reason);
    if (b->state == BENCH_NOT_APPLICABLE)
        return unmeasured(asked, "not_applicable", b->reason);
    if (b->state == BENCH_ERROR)
        return unmeasured(asked, "error", b->reason);
    /*
     * The hypervisor closes a workload's books when the next one begins: if
     * the boot ended in between, they are lost, but may be had from the next boot.
     */
    if (status != STATUS_OK && !o->books.region[PVB_REGION_STEADY(i)].seen)
        return NULL;
    return measured(o, i, m, me);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The image knows of each workload what it is about. */
static void tell_subsystems(const json_t *benchmarks, const struct image *image)
{
    size_t i;
    json_t *bench;
    json_array_foreach(benchmarks, i, bench)
    {
        const char *subsystem = image_subsystem(image, text_of(bench, "name"));
        if (*subsystem)
            json_object_set_new(bench, "subsystem", json_text(subsystem));
    }
}

/* As another pvbench has measured it; what it says of the machine goes to what is known of that. */
static json_t *taken_json(const struct boot_order *order, const struct observation *o)
{
    json_t *taken = order->machine->take ? order->machine->take(order, o) : NULL;
    if (!taken)
        return NULL;
    const char *version = json_string_value(json_object_get(taken, "version"));
    json_t *run = head(order, version ? version : o->hypervisor_version);
    json_object_update(json_object_get(run, order->setting.machine), json_object_get(taken, order->setting.machine));
    json_object_del(taken, "version");
    json_object_del(taken, order->setting.machine);
    json_object_update(run, taken);
    json_decref(taken);
    return run;
}

static json_t *observed_json(const struct boot_order *order, const struct observation *o, enum status status,
                             const char *reason)
{
    const struct measure m = {order->machine->unit, order->machine->class};
    const struct measure me = {o->entries_unit ? o->entries_unit : m.unit, m.class};
    json_t *run = head(order, o->hypervisor_version);
    json_t *benchmarks = json_array();
    set_status(run, status_name(status), status == STATUS_OK ? NULL : reason);
    sources_run(o, run);
    for (unsigned i = 0; i < o->count; i++) {
        json_t *bench = bench_json(o, i, &m, &me, status, reason);
        if (bench)
            json_array_append_new(benchmarks, bench);
    }
    /* A boot that concluded nothing would be repeated for ever: it ends the unit. */
    for (unsigned i = 0; i < o->count && !json_array_size(benchmarks); i++) {
        char why[PVB_REASON_SIZE + 64];
        snprintf(why, sizeof(why), "the boot ended before any workload could be concluded: %s", reason);
        for (i = 0; i < o->count; i++)
            json_array_append_new(benchmarks, unmeasured(&o->asked[i], i ? "skipped" : lost_status(status), why));
    }
    tell_subsystems(benchmarks, order->image);
    json_object_set_new(run, "benchmarks", benchmarks);
    return run;
}

json_t *run_json(const struct boot_order *order, const struct observation *o, enum status status, const char *reason)
{
    json_t *run = status == STATUS_OK ? taken_json(order, o) : NULL;
    if (!run)
        run = observed_json(order, o, status, reason);
    if (order->machine->tell_parts)
        order->machine->tell_parts(order, o, run);
    return run;
}

json_t *run_json_skipped(const struct boot_order *order, const struct pvb_param_workload *workloads, unsigned count,
                         const char *reason)
{
    json_t *run = head(order, ""), *benchmarks = json_array();
    set_status(run, "skipped", reason);
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(benchmarks, unmeasured(&workloads[i], "skipped", reason));
    tell_subsystems(benchmarks, order->image);
    json_object_set_new(run, "benchmarks", benchmarks);
    return run;
}

json_t *run_json_not_applicable(const struct boot_order *order, const struct pvb_param_workload *workloads,
                                unsigned count, const char *reason)
{
    json_t *run = head(order, ""), *benchmarks = json_array();
    set_status(run, "ok", NULL);
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(benchmarks, unmeasured(&workloads[i], "not_applicable", reason));
    tell_subsystems(benchmarks, order->image);
    json_object_set_new(run, "benchmarks", benchmarks);
    return run;
}

void run_json_key(const json_t *run, char key[SETTING_KEY_SIZE])
{
    const struct setting usual =
        setting_of(text_of(json_object_get(run, "hypervisor"), "name"), text_of(run, "mode"), text_of(run, "machine"));
    setting_key(&usual, key, SETTING_KEY_SIZE);
    if (*text_of(run, "setting"))
        snprintf(key, SETTING_KEY_SIZE, "%s", text_of(run, "setting"));
}

void run_json_guest(const json_t *run, char guest[SETTING_KEY_SIZE])
{
    char key[SETTING_KEY_SIZE];
    run_json_key(run, key);
    const char *at = strchr(key, '/');
    snprintf(guest, SETTING_KEY_SIZE, "%s", at ? at + 1 : key);
    char *end = strrchr(guest, '@');
    if (end)
        *end = 0;
}

bool run_json_is_of(const json_t *run, const struct setting *setting)
{
    char one[SETTING_KEY_SIZE], other[SETTING_KEY_SIZE];
    run_json_key(run, one);
    setting_key(setting, other, sizeof(other));
    return strcmp(one, other) == 0;
}

static bool concluded(const json_t *runs, const struct pvb_param_workload *w)
{
    size_t i, j;
    json_t *run, *bench;
    json_array_foreach(runs, i, run)
    {
        json_array_foreach(json_object_get(run, "benchmarks"), j, bench)
        {
            const char *name = json_string_value(json_object_get(bench, "name"));
            uint64_t parameter = (uint64_t)json_integer_value(json_object_get(bench, "parameter"));
            if (name && strcmp(name, w->name) == 0 && parameter == w->parameter)
                return true;
        }
    }
    return false;
}

unsigned run_json_remaining(const json_t *runs, const struct plan *plan, struct pvb_param_workload *remaining)
{
    unsigned count = 0;
    for (unsigned i = 0; i < plan->workloads; i++)
        if (!concluded(runs, &plan->workload[i]))
            remaining[count++] = plan->workload[i];
    return count;
}
