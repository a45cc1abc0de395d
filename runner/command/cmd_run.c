/*
 * cmd_run.c: `pvbench run`: suite, plan, boots, journal, result, in this order.
 *
 * Everything that can be found wrong is found before the first boot; from
 * there on every way out writes what was measured.
 */
#include "common/inherited.h"
#include "common/stale.h"
#include "runner/plan/suite_text.h"
#include "common/json_text.h"
#include "common/text.h"
#include "common/usage.h"
#include "runner/command/commands.h"
#include "runner/command/earlier.h"
#include "runner/command/explanation.h"
#include "runner/command/environment_here.h"
#include "runner/command/losses.h"
#include "runner/command/shard.h"
#include "runner/command/suite_named.h"
#include "runner/host/environment.h"
#include "runner/command/output.h"
#include "runner/document/provenance.h"
#include "runner/document/run_json.h"
#include "runner/command/run_options.h"
#include "runner/session/session.h"
#include "runner/session/verify.h"

#include "hypervisor-harness/lab/lab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void (*pvb_run_says)(const char *result, FILE *out);

struct run {
    struct run_options options;
    struct suite suite;
    struct plan plan;
    struct shards shards; /* with --shard only */
    struct materials materials;
    struct output output;
    struct journal journal;
    struct progress progress;
    struct session session, second; /* `second` with --verify only */
    json_t *command_line, *provenance;
    struct work_folder work; /* for as long as the run lasts, unless logs are kept elsewhere */
    bool whole_before;       /* a whole result has the name */
    char *work_dir, *journal_path;
    long long started;
    unsigned lost; /* benchmarks and boots that are not as they should be */
};

static char *output_path(const struct run *r)
{
    const struct shard_options *o = &r->options.shard;
    if (r->options.output)
        return path_of("%s", r->options.output);
    return o->shard ? path_of("results/%s.%u-of-%u.json", r->suite.name, o->shard, o->count)
                    : path_of("results/%s.json", r->suite.name);
}

/* An interrupted run goes on in the order that it was begun in. */
static void take_seed(struct run *r)
{
    char *output = output_path(r), *journal = path_of("%s.journal", output);
    if (r->options.resume && !r->options.narrowing.seed)
        r->options.narrowing.seed = journal_seed(journal);
    free(output);
    free(journal);
}

static int make_work_dir(struct run *r, struct pvb_error *e)
{
    const char *temporary = getenv("TMPDIR");
    if (r->options.keep_logs) {
        char *inside = path_of("%s/.", r->options.keep_logs);
        int bad = make_parents(inside, e);
        free(inside);
        r->work_dir = bad ? NULL : realpath(r->options.keep_logs, NULL);
        if (!bad && !r->work_dir)
            bad = pvb_fail(e, "%s: cannot be used: %s", r->options.keep_logs, strerror(errno));
        return bad ? -1 : 0;
    }
    if (!work_folder_make(&r->work, temporary && *temporary ? temporary : "/tmp", "pvbench-run-")) {
        r->work_dir = path_of("%s", r->work.path);
        return 0;
    }
    pvb_fail(e, "%s: cannot be created: %s; give another folder in TMPDIR", r->work.path ? r->work.path : "a folder",
             strerror(errno));
    work_folder_keep(&r->work);
    return -1;
}

static int open_output(struct run *r, struct pvb_error *e)
{
    struct earlier before;
    char *path = output_path(r);
    int bad = output_open(&r->output, path, e);
    free(path);
    if (bad)
        return -1;
    if (r->output.direct && r->options.narrowing.explain)
        return pvb_fail(e, "%s: is no file, so no explanation is kept beside it; give a file with -o", r->output.path);
    if (r->output.direct)
        return r->options.resume
                   ? pvb_fail(e, "%s: is no file, so no journal is kept beside it; give a file with -o", r->output.path)
                   : 0;
    earlier_read(&before, r->output.path, &r->plan);
    r->whole_before = before.whole;
    if (before.unplanned[0] && !r->options.force)
        return pvb_fail(e, "%s: holds what this run does not measure: %s; give another file with -o, or --force",
                        r->output.path, before.unplanned);
    return 0;
}

static int open_journal(struct run *r, struct pvb_error *e)
{
    /* A device has no room for a journal beside it. */
    r->journal_path = r->output.direct ? path_of("%s/journal", r->work_dir) : path_of("%s.journal", r->output.path);
    json_t *header =
        json_pack("{s:{s:s, s:s}, s:s, s:o, s:O}", "suite", "name", r->suite.name, "sha256", r->suite.sha256, "plan",
                  r->plan.sha256, "images", materials_json(&r->materials), "provenance", r->provenance);
    int bad = r->options.resume ? journal_resume(&r->journal, r->journal_path, header, r->session.runs, e)
                                : journal_create(&r->journal, r->journal_path, header, e);
    json_decref(header);
    return bad;
}

/* A host may have a hypervisor that boots its guests without. */
static bool needs_emulator(const struct plan *plan)
{
    for (unsigned i = 0; i < plan->units; i++)
        if (machine_has_emulator(plan->unit[i].machine, plan->unit[i].hypervisor))
            return true;
    return false;
}

/* What makes a host's numbers lie, and what was done about it. */
static void add_host_facts(struct run *r)
{
    if (r->plan.blocks)
        json_object_set_new(r->provenance, "schedule",
                            json_pack("{s:i, s:I}", "blocks", (int)r->plan.blocks, "seed", (json_int_t)r->plan.seed));
    json_object_set_new(r->provenance, "pin", pinning_json(&r->plan.pin));
    json_object_set_new(r->provenance, "environment", json_pack("{s:o}", "before", environment_read("")));
}

/* -1: an error, -2: wrong usage. */
static int make_plan(struct run *r, struct pvb_error *e)
{
    const struct shard_options *o = &r->options.shard;
    if (plan_make(&r->plan, &r->suite, &r->options.narrowing, e))
        return -2;
    int bad = o->shard ? shard_divide(&r->shards, &r->plan, o, e) : 0;
    if (o->shard && !bad)
        shards_take(&r->shards, &r->plan, o->shard);
    return bad;
}

/* The lab's own emulator is mended (hypervisor-harness/lab/emulator/delivered_once.c); this one is of another kind. */
static void tell_repeats(const struct run *r)
{
    json_object_set_new(r->provenance, "qemu_repeats_interrupts", json_true());
    text_print(stderr,
               "pvbench: %s: may deliver an interrupt twice that KVM or Xen injects, of which a guest can hang; Debian "
               "12's qemu-system-x86 is mended for that",
               lab_emulator());
}

/* All that can be wrong before a boot. -1: an error, -2: wrong usage. */
static int prepare(struct run *r, struct pvb_error *e)
{
    char version[128] = "", why[512];
    bool once = true;
    /* From here on there may be something to be cleaned up. */
    session_catch_signals();
    if (suite_named(&r->suite, r->options.suite, &r->options.narrowing, e))
        return -1;
    take_seed(r);
    int wrong = make_plan(r, e);
    if (wrong)
        return wrong;
    if (materials_load(&r->materials, &r->plan, e))
        return -1;
    if (needs_emulator(&r->plan) && !lab_check(version, sizeof(version), why, sizeof(why)))
        return pvb_fail(e, "%s", why);
    if (!r->options.narrowing.machine->is_here && !lab_check_library(&once, why, sizeof(why)))
        return pvb_fail(e, "%s", why);
    if (r->plan.parts && !r->options.narrowing.machine->is_here && !lab_check_plugin(why, sizeof(why)))
        return pvb_fail(e,
                        "%s, so that nobody knows whose the instructions are; give another one as PVBENCH_QEMU, or "
                        "--no-parts",
                        why);
    r->provenance = provenance_json(r->command_line, r->materials.paths.images, *version ? version : NULL);
    if (r->options.narrowing.machine->is_here)
        add_host_facts(r);
    if (!once)
        tell_repeats(r);
    json_t *hosts = materials_lab_hosts(&r->materials);
    if (hosts)
        json_object_set_new(r->provenance, "lab_hosts", hosts);
    if (session_open(&r->session, &r->plan, &r->materials))
        return pvb_fail(e, "the plan: out of memory");
    if (open_output(r, e) || make_work_dir(r, e) || open_journal(r, e))
        return -1;
    if (session_signal)
        return pvb_fail(e, "interrupted before the first boot; nothing was written");
    progress_open(&r->progress, r->plan.units * r->plan.workloads, r->options.quiet);
    r->session.journal = &r->journal;
    r->session.progress = &r->progress;
    r->session.work_dir = r->work_dir;
    r->session.jobs = r->options.jobs;
    r->session.no_retry = r->options.no_retry;
    return 0;
}

static void tell_changes(const json_t *changes)
{
    json_t *change;
    size_t i;
    json_array_foreach(changes, i, change)
    {
        char *before = json_dumps(json_object_get(change, "before"), JSON_ENCODE_ANY | JSON_COMPACT);
        char *after = json_dumps(json_object_get(change, "after"), JSON_ENCODE_ANY | JSON_COMPACT);
        text_print(stderr, "pvbench: the host changed while it was measured: %s was %s and is %s",
                   json_string_value(json_object_get(change, "what")), before ? before : "?", after ? after : "?");
        free(before);
        free(after);
    }
}

/* The second look at the host. */
static void close_host_facts(struct run *r)
{
    json_t *environment = json_object_get(r->provenance, "environment");
    if (!environment)
        return;
    json_t *after = environment_here(), *before = json_object_get(environment, "before");
    /* It stays as it was started. A process before the boots would lie in the memory that they are measured in. */
    json_object_set(before, "xen", json_object_get(after, "xen"));
    json_t *changes = environment_changes(before, after, (double)(now_ms() - r->started) / 1000);
    tell_changes(changes);
    json_object_set_new(environment, "after", after);
    json_object_set_new(environment, "changed", changes);
}

static void add_names(json_t *into, const char *key, const char *const *names, unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(list, json_string(names[i]));
    if (count)
        json_object_set(into, key, list);
    json_decref(list);
}

static void add_vcpus(json_t *into, const struct narrowing *n)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < n->vcpu_count; i++)
        json_array_append_new(list, json_integer(n->vcpus[i]));
    if (n->vcpu_count)
        json_object_set(into, "vcpus", list);
    json_decref(list);
}

/* What of the suite was asked for, so that what was not is not taken for lost. */
static json_t *suite_json(const struct run *r)
{
    const struct narrowing *n = &r->options.narrowing;
    json_t *suite = json_pack("{s:s, s:s}", "name", r->suite.name, "sha256", r->suite.sha256), *only = json_object();
    add_names(only, "hypervisors", n->hypervisors, n->hypervisor_count);
    add_names(only, "modes", n->modes, n->mode_count);
    add_names(only, "devices", n->devices, n->device_count);
    add_vcpus(only, n);
    add_names(only, "guests", n->guests, n->guests_count);
    add_names(only, "variants", n->variants, n->variant_count);
    add_names(only, "workloads", n->workloads, n->workload_count);
    if (json_object_size(only))
        json_object_set(suite, "only", only);
    json_decref(only);
    return suite;
}

static int write_result(struct run *r, json_t *runs, struct pvb_error *e)
{
    close_host_facts(r);
    json_object_set_new(r->provenance, "wall_s", json_real((double)(now_ms() - r->started) / 1000));
    json_t *suite = suite_json(r), *seconds = session_boot_seconds(&r->session);
    if (seconds)
        json_object_set_new(r->provenance, "boot_seconds", seconds);
    if (r->options.shard.shard)
        json_object_set_new(r->provenance, "shard",
                            shard_json(&r->shards, &r->plan, r->options.shard.shard, session_places(&r->session)));
    int bad = r->plan.explain ? explanation_publish(r->output.path, suite, runs, e) : 0;
    json_t *document = json_pack("{s:s, s:o, s:O, s:O}", "schema", "pvbench.result/1", "suite", suite, "provenance",
                                 r->provenance, "runs", runs);
    bad = bad || output_write(&r->output, document, e);
    json_decref(document);
    return bad ? -1 : 0;
}

static void summarize(const struct run *r, const json_t *runs)
{
    unsigned ok = 0, other = 0;
    size_t i, j;
    json_t *run, *bench;
    if (r->options.quiet || r->output.direct || inherited_no_output())
        return;
    json_array_foreach(runs, i, run)
    {
        json_array_foreach(json_object_get(run, "benchmarks"), j, bench)
        {
            const char *status = json_string_value(json_object_get(bench, "status"));
            *(strcmp(status, "not_applicable") == 0 ? &other : &ok) += 1;
        }
    }
    text_print(stdout, "%s: %u measured, %u not applicable, %zu boots, %.1f s%s", r->output.path, ok, other,
               json_array_size(runs), json_real_value(json_object_get(r->provenance, "wall_s")),
               r->options.verify ? ", twice the same" : "");
    if (pvb_run_says)
        pvb_run_says(r->output.path, stdout);
}

/* The second time, without a journal, and the comparison. Returns session_run()'s or an exit status above 1. */
static int verify(struct run *r, const json_t *runs, struct pvb_error *e)
{
    char place[512];
    r->second = r->session;
    r->second.runs = NULL;
    r->second.journal = NULL;
    char *dir = path_of("%s/second", r->work_dir);
    int result = 0;
    if (mkdir(dir, 0777) && errno != EEXIST)
        result = pvb_fail(e, "%s: cannot be created: %s", dir, strerror(errno));
    if (!result && session_open(&r->second, &r->plan, &r->materials))
        result = pvb_fail(e, "the second run: out of memory");
    r->second.work_dir = dir;
    if (!result)
        result = session_run(&r->second, e);
    if (!result && r->second.abandoned)
        result = pvb_fail(e, "the second run: the emulator was killed by signal %d", r->second.killer);
    free(dir);
    if (result)
        return result;
    json_t *again = session_result(&r->second, "");
    bool differ = json_first_difference(runs, again, place, sizeof(place));
    json_decref(again);
    json_object_set_new(r->provenance, "reproducible", json_boolean(!differ));
    if (!differ)
        return 0;
    text_print(stderr, "pvbench: not reproducible: runs%s", place);
    return EXIT_NOT_REPRODUCIBLE;
}

/* What the workloads that are missing in the result have as their reason. */
static const char *why_missing(const struct run *r, int result, char *text, size_t size)
{
    if (result < 0)
        return "the run was broken off by an error";
    if (!result && r->session.abandoned) {
        snprintf(text, size, "the emulator was killed by signal %d, %d times", r->session.killer, SESSION_TRIES);
        return text;
    }
    return r->options.no_retry ? "not booted again" : "interrupted";
}

/* A run that did not come to its end: what is there of it, and how it goes on. */
static void tell_part(const struct run *r, int result, const struct pvb_error *e)
{
    if (result < 0)
        fprintf(stderr, "pvbench: %s\n", e->text);
    const char *what = result < 0 ? "what was measured until then is kept"
                       : result   ? "interrupted"
                                  : "the rest is measured";
    if (r->output.direct)
        fprintf(stderr, "pvbench: %s\n", what);
    else if (r->whole_before)
        fprintf(stderr,
                "pvbench: %s; %s is left as it was, this run is in %s; go on with the same command and --resume\n",
                what, r->output.path, r->journal_path);
    else
        fprintf(stderr, "pvbench: %s; go on with the same command and --resume\n", what);
}

/* A whole result is not replaced by a part of one: that is in the journal. */
static int publish_result(struct run *r, json_t *runs, bool part)
{
    struct pvb_error e;
    if ((part && r->whole_before) || write_result(r, runs, &e) == 0)
        return 0;
    text_print(stderr, "pvbench: %s; what was measured is in %s", e.text, r->journal_path);
    return -1;
}

/* From the first boot to the result's file. */
static int carry_out(struct run *r, bool *journal_done)
{
    struct pvb_error e = {""};
    char why[128];
    int result = session_run(&r->session, &e);
    json_t *runs = session_result(&r->session, why_missing(r, result, why, sizeof(why)));
    if (!result && r->options.verify && !r->session.abandoned)
        result = verify(r, runs, &e);
    const bool part = result < 0 || result == 1 || r->session.abandoned;
    int bad = publish_result(r, runs, part);
    r->lost = losses_report(runs);
    if (bad && result < 0)
        fprintf(stderr, "pvbench: %s\n", e.text);
    else if (!bad && part)
        tell_part(r, result, &e);
    else if (!bad && !r->lost && !result)
        summarize(r, runs);
    json_decref(runs);
    *journal_done = !bad && !part;
    if (bad || part)
        return EXIT_ERROR;
    return result ? result : r->lost ? EXIT_ERROR : EXIT_GOOD;
}

/* The consoles of what went wrong stay, and a journal that has no place of its own. The status with which it ends. */
static int leave_work(struct run *r, int status, bool booted, bool journal_done)
{
    bool keep = r->options.keep_logs || (booted && (r->lost || (r->output.direct && !journal_done)));
    if (r->work_dir && keep && !r->options.quiet && status != EXIT_GOOD)
        text_print(stderr, "pvbench: the consoles are in %s", r->work_dir);
    if (keep) {
        work_folder_keep(&r->work);
        return status;
    }
    int failed = work_folder_remove(&r->work);
    if (!failed)
        return status;
    text_print(stderr, "pvbench: %s: cannot be removed: %s; remove it", r->work_dir, strerror(failed));
    return status == EXIT_GOOD ? EXIT_ERROR : status;
}

static int clean_up(struct run *r, int status, bool booted, bool journal_done)
{
    /* Without a boot there is nothing in a new journal; one to be resumed stays as it was. */
    journal_close(&r->journal, journal_done || (!booted && !r->options.resume && r->journal.fd >= 0));
    status = leave_work(r, status, booted, journal_done);
    session_close(&r->session);
    if (r->second.runs)
        session_close(&r->second);
    output_close(&r->output);
    materials_free(&r->materials);
    shards_free(&r->shards);
    plan_free(&r->plan);
    json_decref(r->provenance);
    free(r->work_dir);
    free(r->journal_path);
    return status;
}

/* Nothing is run. */
static int print_suite(struct run *r)
{
    struct pvb_error e = {""};
    int bad = suite_named(&r->suite, r->options.suite, &r->options.narrowing, &e) ? -1
              : plan_make(&r->plan, &r->suite, &r->options.narrowing, &e)         ? -2
                                                                                  : 0;
    if (bad) {
        fprintf(stderr, "pvbench: %s\n", e.text);
        return bad == -2 ? EXIT_USAGE : EXIT_ERROR;
    }
    json_print(suite_json_of(&r->plan, &r->options.narrowing), JSON_INDENT(2) | JSON_PRESERVE_ORDER, stdout);
    plan_free(&r->plan);
    return usage_finish(EXIT_GOOD);
}

int pvb_cmd_run(int argc, char **argv)
{
    struct run *r = calloc(1, sizeof(*r));
    struct pvb_error e = {""};
    bool journal_done = false;
    if (!r)
        return EXIT_ERROR;
    r->started = now_ms();
    r->journal.fd = r->work.lock = -1;
    r->command_line = command_line_json(argc, argv);
    int status = run_options_read(&r->options, argc, argv);
    if (status < 0 && r->options.print_suite) {
        status = print_suite(r);
    } else if (status < 0) {
        int bad = prepare(r, &e);
        if (bad)
            fprintf(stderr, "pvbench: %s\n", e.text);
        status = bad ? (bad == -2 ? EXIT_USAGE : EXIT_ERROR) : carry_out(r, &journal_done);
        status = clean_up(r, status, !bad, journal_done);
    }
    json_decref(r->command_line);
    free(r);
    return status;
}
