/* lab_host_run.c: from what a host in the lab handed out to an element of the result's `runs`. */
#include "runner/lab/lab_host.h"

#include "collectors/lab_host_log.h"
#include "hypervisor-harness/lab/lab.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define NO_PMU_IN_LAB "no hardware PMU in the lab"

const struct collector *const lab_host_collectors[] = {&lab_host_log_collector, NULL};

enum speaker lab_host_speaker(const char **text, size_t *size)
{
    (void)text;
    (void)size;
    return SPEAKER_HYPERVISOR;
}

enum status lab_host_judge(const struct observation *o, int exit_status, char *reason, size_t size)
{
    const struct host_words *h = lab_host_words(o);
    if (!o->hypervisor_started) {
        if (WIFSIGNALED(exit_status))
            snprintf(reason, size, "the emulator died of signal %d before the lab's host started",
                     WTERMSIG(exit_status));
        else
            snprintf(reason, size,
                     "the emulator ended with status %d before the lab's host started; if the kernel is yours: it "
                     "needs CONFIG_PVH, and CONFIG_BLK_DEV_INITRD",
                     WIFEXITED(exit_status) ? WEXITSTATUS(exit_status) : -1);
    } else if (o->fault[0])
        snprintf(reason, size, "%s", o->fault);
    else if (h->error[0])
        snprintf(reason, size, "the lab's host gave up: %s", h->error);
    else if (WIFSIGNALED(exit_status))
        snprintf(reason, size, "the emulator died of signal %d", WTERMSIG(exit_status));
    else if (!h->ended)
        snprintf(reason, size, "the lab's host stopped before its end");
    else if (!h->result_size)
        snprintf(reason, size, "the pvbench on the lab's host ended with status %d: %s", h->status,
                 h->last_words[0] ? h->last_words : "it said nothing");
    else
        return STATUS_OK;
    return STATUS_ERROR;
}

/* Its ticks are instructions, and exact. */
static void to_instructions(json_t *value)
{
    const char *key;
    json_t *inner;
    size_t i;
    if (json_is_array(value)) {
        /* Distributions hold numbers alone. */
        json_array_foreach(value, i, inner) if (json_is_object(inner)) to_instructions(inner);
        return;
    }
    json_t *unit = json_object_get(value, "unit"), *class = json_object_get(value, "class");
    if (json_is_string(unit) && json_is_string(class)) {
        json_string_set(unit, "instructions");
        json_string_set(class, "exact");
    }
    json_object_foreach(value, key, inner) if (json_is_object(inner) || json_is_array(inner)) to_instructions(inner);
}

/* Its seconds are the lab's clock's; the mend stands behind them. */
static void mend_timeout(json_t *object)
{
    const char *reason = json_string_value(json_object_get(object, "reason"));
    const char *status = json_string_value(json_object_get(object, "status"));
    if (!reason || !status || strcmp(status, "timeout") != 0)
        return;
    const int seconds = (int)strcspn(reason, ";");
    json_object_set_new(object, "reason", json_sprintf("%.*s of the lab's clock%s", seconds, reason, reason + seconds));
}

/* With events that were asked for, the reasons are those of the pvbench inside. */
static void set_reasons(json_t *benchmarks, bool no_events)
{
    json_t *bench;
    size_t i;
    json_array_foreach(benchmarks, i, bench)
    {
        mend_timeout(bench);
        json_t *unavailable = json_object_get(bench, "unavailable");
        if (no_events && json_object_get(unavailable, "pmu"))
            json_object_set_new(unavailable, "pmu", json_string(NO_PMU_IN_LAB));
    }
}

json_t *lab_host_run(const struct run_facts *facts, const struct observation *o)
{
    const struct host_words *h = lab_host_words(o);
    json_t *document = json_loadb(h->result, h->result_size, JSON_REJECT_DUPLICATES, NULL);
    json_t *run = json_array_get(json_object_get(document, "runs"), 0), *result = NULL;
    json_t *status = json_object_get(run, "status"), *reason = json_object_get(run, "reason");
    json_t *benchmarks = json_object_get(run, "benchmarks");
    if (json_is_string(status) && json_is_array(benchmarks) && json_array_size(benchmarks)) {
        result = run_json_head(facts, o->hypervisor_version);
        json_object_set(result, "status", status);
        if (reason)
            json_object_set(result, "reason", reason);
        mend_timeout(result);
        if (json_object_get(run, "second_opinion"))
            json_object_set(result, "second_opinion", json_object_get(run, "second_opinion"));
        to_instructions(benchmarks);
        json_t *pmu = json_object_get(run, "pmu");
        set_reasons(benchmarks, !pmu);
        json_object_set(result, "benchmarks", benchmarks);
        if (pmu)
            json_object_set(result, "pmu", pmu);
    }
    json_decref(document);
    return result;
}
