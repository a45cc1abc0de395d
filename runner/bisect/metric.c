/* metric.c: see metric.h. */
#include "runner/bisect/metric.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>

static double cost(const json_t *bench, const char *key)
{
    const json_t *value = json_object_get(json_object_get(bench, "cost"), key);
    return json_is_number(value) ? json_number_value(value) : -1;
}

static double median(const json_t *bench, const char *field)
{
    (void)field;
    return cost(bench, "median");
}

static double mean(const json_t *bench, const char *field)
{
    (void)field;
    return cost(bench, "mean");
}

static double cold(const json_t *bench, const char *field)
{
    (void)field;
    return cost(json_object_get(bench, "cold"), "value");
}

static double entries(const json_t *bench, const char *field)
{
    (void)field;
    const json_t *total = json_object_get(bench, "entries_total");
    return json_is_integer(total) ? (double)json_integer_value(total) : -1;
}

/* All kinds of a class. */
static double of_class(const json_t *bench, const char *field)
{
    const json_t *class = json_object_get(json_object_get(bench, "entries"), field);
    const char *kind;
    json_t *entry;
    double sum = 0;
    if (!json_is_object(class))
        return -1;
    json_object_foreach((json_t *)class, kind, entry) sum += json_number_value(json_object_get(entry, "count"));
    return sum;
}

static const struct field {
    const char *name;
    double (*value)(const json_t *bench, const char *field); /* negative: it is not there */
} fields[] = {
    {"cost", median},        {"mean", mean},        {"cold", cold},        {"entries", entries},
    {"hypercall", of_class}, {"forward", of_class}, {"emulate", of_class}, {"exit", of_class},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static int take_workload(struct metric *m, char *text)
{
    char *slash = strchr(text, '/'), rest;
    long long parameter;
    if (slash) {
        *slash = 0;
        if (sscanf(slash + 1, "%18lld%c", &parameter, &rest) != 1 || parameter < 1)
            return -1;
        m->parameter = parameter;
    }
    return text_is_name(text) ? 0 : -1;
}

int metric_read(struct metric *m, const char *text, struct pvb_error *e)
{
    char guest[64];
    *m = (struct metric){0};
    const int found = sscanf(text, "%63[^/]/%63[^/]/%63[^.].%31s", m->hypervisor, guest, m->workload, m->field);
    char *plus = found == 4 ? strchr(guest, '+') : NULL;
    if (plus) {
        *plus = 0;
        snprintf(m->devices, sizeof(m->devices), "%s", plus + 1);
    }
    if (found != 4 || take_workload(m, m->workload) || !text_is_name(m->hypervisor) || !text_is_name(guest) ||
        (plus && !text_is_name(m->devices)))
        return pvb_fail(e,
                        "--metric %s: is no metric; give HYPERVISOR/MODE/WORKLOAD.FIELD, such as "
                        "xen/pv/pte_update.cost",
                        text);
    if (!find_field(m->field))
        return pvb_fail(e, "--metric %s: %s is not known; give " METRIC_FIELDS, text, m->field);
    memcpy(m->mode, guest, sizeof(guest));
    struct setting s = setting_of(m->hypervisor, m->mode, "lab");
    s.guest[0].devices = *m->devices ? m->devices : NULL;
    setting_key(&s, m->key, sizeof(m->key));
    return 0;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool is_meant(const struct metric *m, const json_t *bench)
{
    return strcmp(text_of(bench, "name"), m->workload) == 0 &&
           json_integer_value(json_object_get(bench, "parameter")) == m->parameter;
}

/* The workload in the first boot that has concluded it. */
static const json_t *find(const struct metric *m, const json_t *result, const json_t **boot)
{
    const json_t *run, *bench;
    size_t i, j;
    json_array_foreach(json_object_get(result, "runs"), i, run)
    {
        if (strcmp(text_of(run, "setting"), m->key) != 0)
            continue;
        *boot = run;
        json_array_foreach(json_object_get(run, "benchmarks"), j, bench)
        {
            if (is_meant(m, bench))
                return bench;
        }
    }
    return NULL;
}

int metric_value(const struct metric *m, const json_t *result, double *value, struct pvb_error *e)
{
    const json_t *boot = NULL, *bench = find(m, result, &boot);
    if (!bench)
        return pvb_fail(e, "%s: %.40s%s%.200s", m->workload, boot ? text_of(boot, "status") : "not measured",
                        *text_of(boot, "reason") ? ": " : "", text_of(boot, "reason"));
    if (strcmp(text_of(bench, "status"), "ok") != 0)
        return pvb_fail(e, "%s: %.40s: %.200s", m->workload, text_of(bench, "status"), text_of(bench, "reason"));
    *value = find_field(m->field)->value(bench, m->field);
    return *value < 0 ? pvb_fail(e, "%s: has no %s", m->workload, m->field) : 0;
}
