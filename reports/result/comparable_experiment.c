/*
 * comparable_experiment.c: are two results about the same work on the same machine? Only what is under test may
 * differ. Anything else that does would be mistaken for its doing.
 */
#include "common/text.h"
#include "reports/common/wrap.h"
#include "reports/result/comparable.h"
#include "reports/result/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two results, and a boot of either. */
struct boots {
    const struct result *result[2];
    const struct result_run *run[2];
    struct comparable_reasons *reasons;
};

static int note(struct comparable_reasons *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int note(struct comparable_reasons *r, const char *format, ...)
{
    char text[COMPARABLE_WHY];
    va_list args;
    va_start(args, format);
    text_vformat(text, sizeof(text), format, args);
    va_end(args);
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->text[i], text) == 0)
            return 0;
    void *more = realloc(r->text, (r->count + 1) * sizeof(r->text[0]));
    if (!more)
        return -1;
    r->text = more;
    memcpy(r->text[r->count++], text, sizeof(text));
    return 0;
}

static const json_t *run_document(const struct boots *b, int side)
{
    return json_array_get(json_object_get(b->result[side]->document, "runs"),
                          (size_t)(b->run[side] - b->result[side]->run));
}

static void show(const json_t *value, char *into, size_t size)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    text_format(into, size, "%.90s", text ? text : "nothing");
    free(text);
}

static int machine_key(const struct boots *b, const char *key, const json_t *old, const json_t *new)
{
    char was[100], is[100];
    if ((!old && !new) || (old && new &&json_equal(old, new)))
        return 0;
    show(old, was, sizeof(was));
    show(new, is, sizeof(is));
    return note(b->reasons, "another %.20s: its %.40s is %s, and was %s", b->run[1]->machine, key, is, was);
}

/* The lab's model, or the host: all that it says about itself. */
static int machines(const struct boots *b)
{
    json_t *old = json_object_get(run_document(b, 0), b->run[0]->machine), *value;
    json_t *new = json_object_get(run_document(b, 1), b->run[1]->machine);
    const char *key;
    json_object_foreach(old, key, value)
    {
        if (machine_key(b, key, value, json_object_get(new, key)))
            return -1;
    }
    json_object_foreach(new, key, value)
    {
        if (!json_object_get(old, key) && machine_key(b, key, NULL, value))
            return -1;
    }
    return 0;
}

static int hashes(const struct boots *b)
{
    const struct result_run *base = b->run[0], *now = b->run[1];
    if (strcmp(base->workloads_sha256, now->workloads_sha256) != 0)
        return note(b->reasons, "other workloads: their object code is %.12s, and was %.12s", now->workloads_sha256,
                    base->workloads_sha256);
    if (strcmp(base->guest_sha256, now->guest_sha256) != 0)
        return note(b->reasons, "another %.20s guest: it is %.12s, and was %.12s", now->mode, now->guest_sha256,
                    base->guest_sha256);
    return 0;
}

static const json_t *provenance(const struct result *r, const struct result_run *run, const char *key)
{
    return json_object_get(result_provenance(r, run), key);
}

/* On a host with KVM the kernel is the hypervisor: what is under test, not where. */
static bool kernel_is_under_test(const struct result_run *run)
{
    return strcmp(run->hypervisor, "kvm") == 0;
}

/* What emulates the lab, and what a host consists of beyond what its runs say. */
static int surroundings(const struct boots *b)
{
    static const char *const lab[] = {"qemu", NULL}, *const host[] = {"cpu", "kernel", NULL};
    const struct result_run *now = b->run[1];
    for (const char *const *key = strcmp(now->machine, "lab") == 0 ? lab : host; *key; key++) {
        const json_t *old = provenance(b->result[0], b->run[0], *key), *new = provenance(b->result[1], now, *key);
        char was[100], is[100];
        if (strcmp(*key, "kernel") == 0 && kernel_is_under_test(now))
            continue;
        if (!json_is_string(old) || !json_is_string(new) || json_equal(old, new))
            continue;
        show(old, was, sizeof(was));
        show(new, is, sizeof(is));
        if (note(b->reasons, "another %s: it is %s, and was %s", *key, is, was))
            return -1;
    }
    return 0;
}

static const json_t *kvm_parameters(const struct result *r, const struct result_run *run)
{
    const json_t *before = json_object_get(provenance(r, run, "environment"), "before");
    return json_object_get(before, "kvm_parameters");
}

static const json_t *xen_facts(const struct result *r, const struct result_run *run)
{
    const json_t *before = json_object_get(provenance(r, run, "environment"), "before");
    return json_object_get(before, "xen");
}

/* With how its modules are set KVM is another one: halt_poll_ns, avic, npt and others decide what an entry costs. */
static int kvm_settings(const struct boots *b)
{
    json_t *old = (json_t *)kvm_parameters(b->result[0], b->run[0]), *value;
    const json_t *new = kvm_parameters(b->result[1], b->run[1]);
    const char *key;
    if (strcmp(b->run[1]->machine, "host") != 0 || !kernel_is_under_test(b->run[1]))
        return 0;
    json_object_foreach(old, key, value)
    {
        const json_t *is = json_object_get(new, key);
        char was[100], now[100], name[100];
        if (!json_is_string(is) || !json_is_string(value) || json_equal(is, value)) /* another kernel may have others */
            continue;
        text_format(was, sizeof(was), "%.90s", json_string_value(value));
        text_format(now, sizeof(now), "%.90s", json_string_value(is));
        text_format(name, sizeof(name), "%.90s", key);
        if (note(b->reasons, "another setting of KVM: %s is %s, and was %s", name, now, was))
            return -1;
    }
    return 0;
}

/* Xen with another line, another scheduler, or that decided to protect itself otherwise. */
static int xen_settings(const struct boots *b)
{
    static const char *const keys[] = {"command_line", "scheduler", "nested_paging", "protections"};
    const json_t *old = xen_facts(b->result[0], b->run[0]), *new = xen_facts(b->result[1], b->run[1]);
    if (strcmp(b->run[1]->machine, "host") != 0 || strcmp(b->run[1]->hypervisor, "xen") != 0)
        return 0;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *was = json_object_get(old, keys[i]), *is = json_object_get(new, keys[i]);
        char before[100], now[100];
        if (!was || !is || json_is_null(was) || json_is_null(is) || json_equal(was, is))
            continue;
        show(was, before, sizeof(before));
        show(is, now, sizeof(now));
        if (note(b->reasons, "another setting of Xen: its %s is %s, and was %s", keys[i], now, before))
            return -1;
    }
    return 0;
}

static bool in_column(const struct model_column *c, const struct result_run *run)
{
    return strcmp(c->setting, run->setting) == 0;
}

/* The first boot of a column that was one. */
static const struct result_run *first_boot(const struct model *m, unsigned column)
{
    for (size_t i = 0; i < m->result->runs; i++)
        if (in_column(&m->column[column], &m->result->run[i]) && m->result->run[i].benchmarks)
            return &m->result->run[i];
    return NULL;
}

/* Every boot is held against the first of the base; boots that never were say nothing. */
int comparable_columns(const struct model *base, unsigned base_column, const struct model *now, unsigned now_column,
                       struct comparable_reasons *reasons)
{
    const struct result_run *first = first_boot(base, base_column);
    for (size_t i = 0; i < now->result->runs && first; i++) {
        const struct boots b = {{base->result, now->result}, {first, &now->result->run[i]}, reasons};
        if (!in_column(&now->column[now_column], b.run[1]) || !b.run[1]->benchmarks)
            continue;
        if (machines(&b) || hashes(&b) || surroundings(&b) || kvm_settings(&b) || xen_settings(&b))
            return -1;
    }
    return 0;
}

static bool same_list(const struct result_run *a, const struct result_run *b)
{
    bool same = a->benchmarks == b->benchmarks && a->benchmarks > 0;
    for (size_t i = 0; i < a->benchmarks && same; i++)
        same = a->benchmark[i].parameter == b->benchmark[i].parameter &&
               strcmp(a->benchmark[i].name, b->benchmark[i].name) == 0;
    return same;
}

bool comparable_suites(const struct result *base, const struct result *now)
{
    if (strcmp(base->suite, now->suite) == 0)
        return true;
    return base->runs && now->runs && same_list(&base->run[0], &now->run[0]);
}

int comparable_column(const struct model *m, const char *setting)
{
    for (unsigned i = 0; i < m->columns; i++)
        if (strcmp(m->column[i].setting, setting) == 0)
            return (int)i;
    return -1;
}

int comparable_results(const struct model *base, const struct model *now, struct comparable_reasons *reasons)
{
    if (!comparable_suites(base->result, now->result) &&
        note(reasons, "another suite: it is %.64s, and was %.64s", now->result->suite, base->result->suite))
        return -1;
    for (unsigned i = 0; i < now->columns; i++) {
        const struct model_column *c = &now->column[i];
        int old = comparable_column(base, c->setting);
        if (old >= 0 && comparable_columns(base, (unsigned)old, now, i, reasons))
            return -1;
    }
    return 0;
}

int comparable_settings(const struct model *base, unsigned base_column, const struct model *now, unsigned now_column,
                        struct comparable_reasons *reasons)
{
    static const char *const where[] = {"qemu", "cpu"};
    const struct result_run *old = base->column[base_column].run, *new = now->column[now_column].run;
    const bool lab = strcmp(new->machine, "lab") == 0;
    const char *key = where[lab ? 0 : 1];
    const json_t *was = provenance(base->result, old, key), *is = provenance(now->result, new, key);
    if (!comparable_suites(base->result, now->result) &&
        note(reasons, "another suite: it is %.64s, and was %.64s", now->result->suite, base->result->suite))
        return -1;
    if (strcmp(old->workloads_sha256, new->workloads_sha256) != 0 &&
        note(reasons, "other workloads: their object code is %.12s, and was %.12s", new->workloads_sha256,
             old->workloads_sha256))
        return -1;
    if (strcmp(old->machine, new->machine) != 0)
        return note(reasons, "another machine: it is %.40s, and was %.40s", new->machine, old->machine);
    if (json_is_string(was) && json_is_string(is) && !json_equal(was, is))
        return note(reasons, "another %s: it is %.100s, and was %.100s", key, json_string_value(is),
                    json_string_value(was));
    return 0;
}

/* --- what is under test ----------------------------------------------------------- */

static const char *kernel_of(const struct model *m, unsigned column)
{
    const char *kernel = json_string_value(provenance(m->result, m->column[column].run, "kernel"));
    return kernel ? kernel : "";
}

bool comparable_builds(const struct model *base, unsigned base_column, const struct model *now, unsigned now_column,
                       char *into, size_t size)
{
    const struct result_run *old = base->column[base_column].run, *new = now->column[now_column].run;
    const bool kernel = kernel_is_under_test(new) && strcmp(new->machine, "lab") != 0;
    if (strcmp(old->version, new->version) != 0)
        text_format(into, size, "%s %.60s, was %.60s", new->hypervisor,
                    *new->version ? new->version : "of unknown version", *old->version ? old->version : "unknown");
    else if (kernel && strcmp(kernel_of(base, base_column), kernel_of(now, now_column)) != 0)
        text_format(into, size, "%s of kernel %.60s, was %.60s", new->hypervisor, kernel_of(now, now_column),
                    kernel_of(base, base_column));
    else if (strcmp(old->sha256, new->sha256) != 0)
        text_format(into, size, "%s %.60s, another build: %.12s, was %.12s", new->hypervisor, new->version, new->sha256,
                    old->sha256);
    else
        return false;
    return true;
}
