/* environment.c: the table of facts and what is made of it; environment.h says why. */
#include "runner/host/environment.h"
#include "runner/host/environment_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { SETTING, COUNTER, STATE };

struct fact {
    const char *name;
    json_t *(*read)(const char *root); /* NULL: no file says it, and whoever can ask adds it */
    enum kind kind;
    /* Why this value makes numbers lie, or NULL when it does not. Not called for null. */
    const char *(*trouble)(const json_t *value);
    const char *mend;
};

static bool text_is(const json_t *value, const char *text)
{
    return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

static const char *governor(const json_t *value)
{
    return text_is(value, "performance")
               ? NULL
               : "the clock speed follows the load, and a short measurement ends before it has risen";
}

static const char *boost(const json_t *value)
{
    return json_is_true(value) ? "the clock speed depends on temperature and on what the other cores do" : NULL;
}

static const char *smt(const json_t *value)
{
    return text_is(value, "on") ? "two threads share each core, and slow each other down" : NULL;
}

static const char *c_states(const json_t *value)
{
    return json_array_size(value) > 2 ? "waking from a deep sleep takes longer than what is measured" : NULL;
}

static const char *hugepages(const json_t *value)
{
    return text_is(value, "always")
               ? "whether a guest's memory is in huge pages is decided anew by khugepaged, in the middle of a run"
               : NULL;
}

static const char *numa(const json_t *value)
{
    return json_integer_value(value) > 0 ? "pages are unmapped and moved between nodes while a guest runs" : NULL;
}

static const char *load(const json_t *value)
{
    return json_number_value(value) > 0.5 ? "something else is running" : NULL;
}

static const char *clock_source(const json_t *value)
{
    return text_is(value, "tsc")
               ? NULL
               : "reading the time costs an exit or a device access, and differs from the guest's counter";
}

static const char *hypervisor(const json_t *value)
{
    return text_is(value, "none")
               ? NULL
               : "this host is a virtual machine: guests are nested, and each exit of theirs is many of its own";
}

static const char *mitigations(const json_t *value)
{
    return json_integer_value(json_object_get(value, "vulnerable")) > 0
               ? "the kernel leaves out what it would do on most hosts, so entries cost less here than there"
               : NULL;
}

static const char *nested_paging(const json_t *value)
{
    return json_is_true(value)
               ? NULL
               : "KVM shadows the guest's page tables: each change of one is an exit, and so is each switch";
}

/* Of the program that can ask Xen. */
static const char *xen(const json_t *value)
{
    const char *line = json_string_value(json_object_get(value, "command_line"));
    if (json_is_false(json_object_get(value, "nested_paging")))
        return "Xen shadows its guests' page tables: each change of one is an exit, and so is each switch";
    return line && strstr(line, "spec-ctrl=no")
               ? "the processor's faults are open, which is faster than what others run"
               : NULL;
}

static const char *watchdog(const json_t *value)
{
    return json_integer_value(value) ? "it holds one of the PMU's counters, and interrupts every guest" : NULL;
}

static const char *steal(const json_t *value)
{
    return json_number_value(value) > 0
               ? "since the start, other virtual machines have had processors that this one wanted"
               : NULL;
}

static const char *throttled(const json_t *value)
{
    return json_integer_value(value) ? "processors were slowed down since the start because they were too hot" : NULL;
}

static const struct fact facts[] = {
    {"governor", fact_governor, SETTING, governor, "sudo cpupower frequency-set -g performance"},
    {"boost", fact_boost, SETTING, boost,
     "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost (Intel: echo 1 into intel_pstate/no_turbo)"},
    {"smt", fact_smt, SETTING, smt, "echo off | sudo tee /sys/devices/system/cpu/smt/control"},
    {"c_states", fact_c_states, SETTING, c_states, "sudo cpupower idle-set -D 10"},
    {"mitigations", fact_mitigations, SETTING, mitigations, "boot without mitigations=off, or say it with the numbers"},
    {"microcode", fact_microcode, SETTING, NULL, NULL},
    {"cpus_online", fact_cpus_online, SETTING, NULL, NULL},
    {"isolated_cpus", fact_isolated, SETTING, NULL, NULL},
    {"numa_nodes", fact_numa_nodes, SETTING, NULL, NULL},
    {"numa_balancing", fact_numa_balancing, SETTING, numa, "sudo sysctl kernel.numa_balancing=0"},
    {"transparent_hugepages", fact_hugepages, SETTING, hugepages,
     "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"},
    {"clock_source", fact_clock_source, SETTING, clock_source,
     "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource, or use real hardware"},
    {"hypervisor", fact_hypervisor, SETTING, hypervisor, "use real hardware"},
    {"nested", fact_nested, SETTING, NULL, NULL},
    {"nested_paging", fact_nested_paging, SETTING, nested_paging, "load kvm_amd with npt=1, or kvm_intel with ept=1"},
    {"kvm_parameters", fact_kvm, SETTING, NULL, NULL},
    {"kernel_command_line", fact_kernel_words, SETTING, NULL, NULL},
    {"xen", NULL, SETTING, xen, "boot Xen without spec-ctrl=no and hap=0, or say it with the numbers"},
    {"nmi_watchdog", fact_nmi_watchdog, SETTING, watchdog, "sudo sysctl kernel.nmi_watchdog=0"},
    {"load", fact_load, STATE, load, "end what else is running, or wait"},
    {"steal_s", fact_steal, COUNTER, steal, "use real hardware, or a virtual machine with processors of its own"},
    {"throttled", fact_throttled, COUNTER, throttled, "look after the cooling, or lower the clock speed"},
};

#define FACTS (sizeof(facts) / sizeof(facts[0]))
_Static_assert(FACTS <= ENVIRONMENT_FACTS_MAX, "room for all judgements");

json_t *environment_read(const char *root)
{
    json_t *all = json_object();
    for (size_t i = 0; i < FACTS; i++) {
        json_t *value = facts[i].read ? facts[i].read(root) : NULL;
        json_object_set_new(all, facts[i].name, value ? value : json_null());
    }
    return all;
}

static bool changed(const struct fact *f, const json_t *before, const json_t *after, double wall_s)
{
    if (f->kind == SETTING)
        return !json_equal(before, after);
    if (f->kind != COUNTER || !json_is_number(before) || !json_is_number(after))
        return false;
    double by = json_number_value(after) - json_number_value(before);
    return json_is_integer(after) ? by > 0 : by > wall_s / 1000;
}

json_t *environment_changes(const json_t *before, const json_t *after, double wall_s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < FACTS; i++) {
        json_t *a = json_object_get(before, facts[i].name), *b = json_object_get(after, facts[i].name);
        if (a && b && changed(&facts[i], a, b, wall_s))
            json_array_append_new(list, json_pack("{s:s, s:O, s:O}", "what", facts[i].name, "before", a, "after", b));
    }
    return list;
}

unsigned environment_judge(const json_t *all, struct environment_judgement into[ENVIRONMENT_FACTS_MAX])
{
    unsigned count = 0;
    for (size_t i = 0; i < FACTS; i++) {
        const json_t *value = json_object_get(all, facts[i].name);
        struct environment_judgement *j = &into[count];
        if (!facts[i].trouble)
            continue;
        *j =
            (struct environment_judgement){.name = facts[i].name, .known = value && !json_is_null(value), .good = true};
        count++;
        if (!j->known) {
            snprintf(j->text, sizeof(j->text), "this computer does not say");
            continue;
        }
        const char *why = facts[i].trouble(value);
        char *is = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(4));
        snprintf(j->text, sizeof(j->text), "%.80s%s%s", is ? is : "?", why ? ": " : "", why ? why : "");
        free(is);
        j->good = !why;
        j->mend = facts[i].mend;
    }
    return count;
}
