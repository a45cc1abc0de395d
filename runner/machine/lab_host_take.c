/* lab_host_take.c: from what a host in the lab handed out to the boot as the result has it. */
#include "runner/machine/lab_host.h"

#include "collectors/lab_host_log.h"
#include "hypervisor-harness/lab/lab.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define NO_PMU_IN_LAB "no hardware PMU in the lab"

static const struct collector *const collectors[] = {&lab_host_log_collector, NULL};

static enum speaker speaker(const char **text, size_t *size)
{
    (void)text;
    (void)size;
    return SPEAKER_HYPERVISOR;
}

static enum status judge(const struct observation *o, int exit_status, char *reason, size_t size)
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
    else if (!h->result.size)
        snprintf(reason, size, "the pvbench on the lab's host ended with status %d: %s", h->status,
                 h->last_words[0] ? h->last_words : "it said nothing");
    else
        return STATUS_OK;
    return STATUS_ERROR;
}

/* Linux is not the first to start there; why the emulator ended is told by what the other one said. */
static enum status judge_below(const struct observation *o, int exit_status, char *reason, size_t size)
{
    if (o->hypervisor_started)
        return judge(o, exit_status, reason, size);
    snprintf(reason, size, "Xen, or its first domain, did not start");
    return STATUS_ERROR;
}

const struct listener lab_host_listener_below = {.collectors = collectors, .speaker = speaker, .judge = judge_below};
const struct listener lab_host_listener = {.collectors = collectors, .speaker = speaker, .judge = judge};

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

/* Those of the pvbench inside that say what was measured, not where: it took itself to be on a host. */
static json_t *measured(const json_t *inner)
{
    static const char *const keys[] = {"status", "reason", "second_opinion", "recount", "device_counters",
                                       "guests", "saves",  "benchmarks",     "pmu"};
    json_t *run = json_object();
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (json_object_get(inner, keys[i]))
            json_object_set(run, keys[i], json_object_get(inner, keys[i]));
    mend_timeout(run);
    to_instructions(json_object_get(run, "benchmarks"));
    set_reasons(json_object_get(run, "benchmarks"), !json_object_get(run, "pmu"));
    return run;
}

/* The kernel's version is what the host says of itself; what lies below it is known to the pvbench inside. */
static void tell_below(json_t *run, const json_t *inner, const struct boot_order *order, const struct observation *o)
{
    const json_t *version = json_object_get(json_object_get(inner, "hypervisor"), "version");
    if (json_is_string(version))
        json_object_set(run, "version", (json_t *)version);
    json_object_set_new(run, order->setting.machine,
                        json_pack("{s:{s:s, s:s}}", "kernel", "version", o->hypervisor_version, "sha256",
                                  order->identity->host->kernel_sha256));
}

/* What the hypervisor says of itself, at its start: with it goes that a switch did nothing there. */
static void tell_protections(json_t *run, const json_t *document, const struct boot_order *order)
{
    const struct recipe_below *below = order->hypervisor->lab->host->below;
    const json_t *mitigations = json_object_get(json_object_get(document, "provenance"), "mitigations");
    if (!below) {
        json_object_set(run, "protections", json_is_object(mitigations) ? (json_t *)mitigations : json_null());
        return;
    }
    char *log = path_of("%s/%s", order->dir, below->log);
    json_object_set_new(run, "protections", below->protections(log));
    free(log);
}

json_t *lab_host_take(const struct boot_order *order, const struct observation *o)
{
    const struct host_words *h = lab_host_words(o);
    json_t *document = json_loadb(h->result.bytes, h->result.size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *inner = json_array_get(json_object_get(document, "runs"), 0);
    json_t *run = NULL;
    if (json_is_string(json_object_get(inner, "status")) && json_array_size(json_object_get(inner, "benchmarks"))) {
        run = measured(inner);
        if (order->hypervisor->lab->host->below)
            tell_below(run, inner, order, o);
        if (order->variant)
            tell_protections(run, document, order);
    }
    json_decref(document);
    return run;
}
