/*
 * merge_fit.c: whether one run could have given all of them. A table puts its columns beside each other without a
 * word, so that what makes them incomparable must not get into one.
 */
#include "common/text.h"
#include "reports/result/merge.h"

#include <stdlib.h>
#include <string.h>

struct shown {
    char text[100];
};

static struct shown show(const json_t *value)
{
    struct shown s = {""};
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    text_format(s.text, sizeof(s.text), "%.90s", text ? text : "nothing");
    free(text);
    return s;
}

static bool same(const json_t *a, const json_t *b)
{
    return a && b ? json_equal(a, b) : a == b;
}

/* --- the suite ----------------------------------------------------------------------- */

static int fit_suite(const struct merge *m, size_t input)
{
    const struct merge_input *a = &m->input[0], *b = &m->input[input];
    const json_t *one = json_object_get(a->document, "suite"), *other = json_object_get(b->document, "suite");
    const json_t *hash = json_object_get(one, "sha256"), *now = json_object_get(other, "sha256");
    if (strcmp(a->result.suite, b->result.suite) != 0)
        return report_fail(m->e, "%s: suite.name: is %s, and %s has %s; merge results of one suite", b->path,
                           b->result.suite, a->path, a->result.suite);
    if (!same(hash, now))
        return report_fail(m->e,
                           "%s: suite.sha256: is %.14s, and %s has %.14s: the suite was another one; run both with the "
                           "same file",
                           b->path, show(now).text, a->path, show(hash).text);
    const json_t *asked = json_object_get(json_object_get(one, "only"), "workloads");
    const json_t *others = json_object_get(json_object_get(other, "only"), "workloads");
    if (same(asked, others))
        return 0;
    return report_fail(m->e,
                       "%s: suite.only.workloads: is %s, and %s has %s; run both with the same --workload options",
                       b->path, show(others).text, a->path, show(asked).text);
}

/* --- builds --------------------------------------------------------------------------- */

static size_t number_of(const struct merge *m, const struct merge_setting *s)
{
    return (size_t)(s->run - m->input[s->input].result.run);
}

static const json_t *document_of(const struct merge *m, const struct merge_setting *s)
{
    return json_array_get(json_object_get(m->input[s->input].document, "runs"), number_of(m, s));
}

static int other_build(const struct merge *m, const struct merge_setting *a, const struct merge_setting *b,
                       const char *key, const char *what)
{
    return report_fail(m->e, "%s: runs[%zu].%s: is %s, and %s has %s: %s; measure both with one",
                       m->input[b->input].path, number_of(m, b), key,
                       show(json_object_get(document_of(m, b), key)).text, m->input[a->input].path,
                       show(json_object_get(document_of(m, a), key)).text, what);
}

static bool was(const struct merge_setting *s)
{
    return strcmp(s->run->status, "skipped") != 0;
}

/* Two settings of two inputs. */
static int fit_builds(const struct merge *m, const struct merge_setting *a, const struct merge_setting *b)
{
    const char *code = a->run->workloads_sha256, *other = b->run->workloads_sha256;
    if (*code && *other && strcmp(code, other) != 0)
        return report_fail(m->e,
                           "%s: runs[%zu].guest.workloads_sha256: is %.12s, and %s has %.12s: other workloads; build "
                           "once, and measure both with it",
                           m->input[b->input].path, number_of(m, b), other, m->input[a->input].path, code);
    if (!was(a) || !was(b) || strcmp(a->run->hypervisor, b->run->hypervisor) != 0 ||
        strcmp(a->run->machine, b->run->machine) != 0)
        return 0;
    if (!same(json_object_get(document_of(m, a), "hypervisor"), json_object_get(document_of(m, b), "hypervisor")))
        return other_build(m, a, b, "hypervisor", "another build of it");
    if (!same(json_object_get(document_of(m, a), a->run->machine), json_object_get(document_of(m, b), a->run->machine)))
        return other_build(m, a, b, a->run->machine, "another machine");
    return 0;
}

/* --- workloads ------------------------------------------------------------------------- */

static int other_count(const struct merge *m, const struct merge_setting *a, const struct merge_setting *b,
                       const struct result_benchmark *now, const char *key, double is, double other)
{
    return report_fail(m->e,
                       "%s: runs[%zu].benchmarks[%zu].%s: %s has %.0f, and in %s %.0f; run both with the same options",
                       m->input[b->input].path, number_of(m, b), (size_t)(now - b->run->benchmark), key, now->name, is,
                       m->input[a->input].path, other);
}

static const struct result_benchmark *find(const struct result_run *run, const struct result_benchmark *like,
                                           size_t hint)
{
    for (size_t i = 0; i < run->benchmarks; i++) {
        const struct result_benchmark *b = &run->benchmark[(hint + i) % run->benchmarks];
        if (b->parameter == like->parameter && strcmp(b->name, like->name) == 0)
            return b;
    }
    return NULL;
}

static bool measured(const struct result_benchmark *b)
{
    return b && strcmp(b->status, "ok") == 0;
}

static int fit_workloads(const struct merge *m, const struct merge_setting *a, const struct merge_setting *b)
{
    for (size_t i = 0; i < b->run->benchmarks; i++) {
        const struct result_benchmark *now = &b->run->benchmark[i], *old = find(a->run, now, i);
        if (!measured(old) || !measured(now))
            continue;
        if (old->iterations != now->iterations)
            return other_count(m, a, b, now, "iterations", now->iterations, old->iterations);
        if (old->warmup != now->warmup)
            return other_count(m, a, b, now, "warmup", now->warmup, old->warmup);
        if (old->operations != now->operations)
            return other_count(m, a, b, now, "ops_per_iteration", now->operations, old->operations);
    }
    return 0;
}

/* --- where ------------------------------------------------------------------------------ */

static bool is_on(const json_t *source, const char *machine)
{
    const json_t *value;
    size_t i;
    json_array_foreach(json_object_get(source, "settings"), i, value)
    {
        const char *at = strrchr(json_string_value(value), '@');
        if (at && strcmp(at + 1, machine) == 0)
            return true;
    }
    return false;
}

/* For people: what a source has, since several may be of one file. */
static const char *name_of(const json_t *source, char into[120])
{
    result_source_settings(source, into, 120);
    return into;
}

/* Of two sources; the one that was named later is the one that does not fit. */
static int fit_place(const struct merge *m, size_t one_source, size_t other_source, const char *machine,
                     const char *key)
{
    const json_t *a = json_array_get(m->sources, one_source), *b = json_array_get(m->sources, other_source);
    const json_t *one = json_object_get(a, key), *other = json_object_get(b, key);
    char name[120], others[120];
    if (!is_on(a, machine) || !is_on(b, machine) || !json_is_string(one) || !json_is_string(other) || same(one, other))
        return 0;
    return report_fail(m->e, "%s: provenance.%s: is %s for %s, and in %s %s for %s: another %s; measure both on one",
                       m->input[m->from[other_source]].path, key, show(other).text, name_of(b, others),
                       m->input[m->from[one_source]].path, show(one).text, name_of(a, name), machine);
}

static int fit_hosts(const struct merge *m, size_t one_source, size_t other_source)
{
    const json_t *a = json_array_get(m->sources, one_source), *b = json_array_get(m->sources, other_source);
    const char *key;
    json_t *value;
    char name[120], others[120];
    json_object_foreach(json_object_get(b, "lab_hosts"), key, value)
    {
        const json_t *other = json_object_get(json_object_get(a, "lab_hosts"), key);
        if (other && !same(other, value))
            return report_fail(m->e,
                               "%s: provenance.lab_hosts.%.40s: is not the same for %s as for %s; measure both with "
                               "one host",
                               m->input[m->from[other_source]].path, key, name_of(b, others), name_of(a, name));
    }
    return 0;
}

static int fit_places(const struct merge *m)
{
    for (size_t i = 0; i < json_array_size(m->sources); i++)
        for (size_t j = 0; j < i; j++) {
            const bool before = m->from[j] <= m->from[i];
            const size_t a = before ? j : i, b = before ? i : j;
            if (fit_place(m, a, b, "lab", "qemu") || fit_place(m, a, b, "host", "cpu") || fit_hosts(m, a, b))
                return -1;
        }
    return 0;
}

int merge_fit(const struct merge *m)
{
    for (size_t i = 1; i < m->inputs; i++)
        if (fit_suite(m, i))
            return -1;
    for (size_t i = 0; i < m->settings; i++)
        for (size_t j = 0; j < i; j++) {
            const bool before = m->setting[j].input < m->setting[i].input;
            const struct merge_setting *a = &m->setting[before ? j : i], *b = &m->setting[before ? i : j];
            if (a->input != b->input && (fit_builds(m, a, b) || fit_workloads(m, a, b)))
                return -1;
        }
    return fit_places(m);
}
