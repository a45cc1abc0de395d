/* test_merge.c: several results as one: what comes in which order, what counts once, what does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/result/merge.h"

#include <stdlib.h>
#include <string.h>

#define NAMES                                                                                                          \
    {                                                                                                                  \
        "a.json", "b.json", "c.json"                                                                                   \
    }

/* A result with one workload, in the settings that are named: "xen/pv xen/hvm". */
static json_t *result_of(const char *settings, int cost)
{
    json_t *document =
        json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:s, s:s, s:[s, s, s], s:f}, s:[]}", "schema", RESULT_SCHEMA, "suite",
                  "name", "mine", "sha256", "00", "provenance", "date", "2026-11-01T00:00:00Z", "pvbench", "0.1.0",
                  "qemu", "7", "command_line", "pvbench", "run", settings, "wall_s", 1.0, "runs");
    char *copy = strdup(settings);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *mode = strchr(word, '/');
        *mode++ = 0;
        json_t *run = json_pack(
            "{s:{s:s, s:s, s:s}, s:s, s:s, s:i, s:{s:i}, s:{s:s, s:s}, s:s, s:[{s:s, s:s, s:i, s:i, s:i, s:{s:s, s:s, "
            "s:i, s:i, s:i, s:i, s:i}}]}",
            "hypervisor", "name", word, "version", "1", "sha256", "11", "mode", mode, "machine", "lab", "boot", 1,
            "lab", "memory_mib", 192, "guest", "sha256", "22", "workloads_sha256", "33", "status", "ok", "benchmarks",
            "name", "cpuid", "status", "ok", "iterations", 1000, "ops_per_iteration", 1, "warmup", 10, "cost", "unit",
            "instructions", "class", "exact", "samples", 1000, "min", cost, "median", cost, "mean", cost, "max", cost);
        assert_non_null(run);
        json_array_append_new(json_object_get(document, "runs"), run);
    }
    free(copy);
    return document;
}

static json_t *first_run(json_t *document)
{
    return json_array_get(json_object_get(document, "runs"), 0);
}

static json_t *first_workload(json_t *document)
{
    return json_array_get(json_object_get(first_run(document), "benchmarks"), 0);
}

/* Takes them over; the merged document. */
static json_t *merged(json_t *a, json_t *b, json_t *c)
{
    static const char *const names[] = NAMES;
    json_t *const all[] = {a, b, c};
    struct report_error e = {""};
    struct merge m;
    if (merge_take(&m, all, names, c ? 3 : 2, &e))
        fail_msg("%s", e.text);
    json_t *document = merge_document(&m), *copy = json_deep_copy(document);
    json_decref(document);
    merge_close(&m);
    return copy;
}

static void refused(json_t *a, json_t *b, const char *words)
{
    static const char *const names[] = NAMES;
    json_t *const both[] = {a, b};
    struct report_error e = {""};
    struct merge m;
    assert_int_equal(merge_take(&m, both, names, 2, &e), -1);
    if (!strstr(e.text, words))
        fail_msg("%s", e.text);
}

static void has_settings(json_t *document, const char *expected)
{
    const char *names[] = {"merged.json"};
    json_t *const one[] = {document};
    struct report_error e = {""};
    struct result r;
    char all[400] = "";
    if (merge_result(&r, one, names, 1, &e))
        fail_msg("%s", e.text);
    for (size_t i = 0; i < r.runs; i++) {
        strcat(all, i ? " " : "");
        strcat(all, r.run[i].setting);
    }
    assert_string_equal(all, expected);
    result_free(&r);
}

static void settings_have_one_order(void **state)
{
    (void)state;
    has_settings(merged(result_of("xen/hvm xen/pv", 1), result_of("kvm/pv minivisor/hvm", 1),
                        result_of("native/hvm xen/pvh", 1)),
                 "native/hvm@lab minivisor/hvm@lab kvm/pv@lab xen/pv@lab xen/pvh@lab xen/hvm@lab");
}

static void same(json_t *a, json_t *b)
{
    char *one = json_dumps(a, JSON_PRESERVE_ORDER), *other = json_dumps(b, JSON_PRESERVE_ORDER);
    assert_string_equal(one, other);
    free(one);
    free(other);
    json_decref(a);
    json_decref(b);
}

static void it_does_not_matter_who_is_first_or_merged_before(void **state)
{
    (void)state;
    json_t *abc = merged(result_of("xen/pv", 1), result_of("kvm/pv", 1), result_of("native/hvm", 1));
    same(json_incref(abc), merged(result_of("native/hvm", 1), result_of("xen/pv", 1), result_of("kvm/pv", 1)));
    same(json_incref(abc),
         merged(merged(result_of("kvm/pv", 1), result_of("xen/pv", 1), NULL), result_of("native/hvm", 1), NULL));
    same(json_incref(abc), merged(result_of("xen/pv", 1), json_incref(abc), NULL));
    json_decref(abc);
}

static void sources_keep_what_was_theirs(void **state)
{
    (void)state;
    json_t *xen = result_of("xen/pv", 1), *kvm = result_of("kvm/pv", 1);
    json_object_set_new(json_object_get(xen, "provenance"), "date", json_string("2026-11-02T00:00:00Z"));
    json_object_set_new(json_object_get(xen, "provenance"), "host", json_string("box"));
    json_object_set_new(json_object_get(kvm, "provenance"), "host", json_string("box"));
    json_object_set_new(json_object_get(kvm, "provenance"), "kernel", json_string("6.1"));
    json_t *before = json_deep_copy(json_object_get(kvm, "provenance"));
    json_t *document = merged(xen, kvm, NULL), *p = json_object_get(document, "provenance");
    assert_string_equal(json_string_value(json_object_get(p, "date")), "2026-11-02T00:00:00Z");
    assert_string_equal(json_string_value(json_object_get(p, "host")), "box");
    assert_null(json_object_get(p, "kernel"));
    assert_int_equal(json_array_size(json_object_get(p, "command_line")), 0);
    assert_true(json_number_value(json_object_get(p, "wall_s")) == 2);
    json_t *source = json_array_get(json_object_get(p, "merged"), 0);
    assert_string_equal(json_string_value(json_array_get(json_object_get(source, "settings"), 0)), "kvm/pv@lab");
    json_object_del(source, "settings");
    assert_true(json_equal(source, before));
    json_decref(before);
    json_decref(document);
}

static void a_setting_counts_once_where_it_is_the_same(void **state)
{
    (void)state;
    has_settings(merged(result_of("native/hvm xen/pv", 1), result_of("native/hvm kvm/pv", 1), NULL),
                 "native/hvm@lab kvm/pv@lab xen/pv@lab");
    has_settings(merged(result_of("xen/pv", 1), result_of("xen/pv", 1), NULL), "xen/pv@lab");
    refused(
        result_of("native/hvm xen/pv", 1), result_of("native/hvm", 2),
        "b.json: runs[0]: is native/hvm@lab, which a.json has, too, and its workload cpuid is not the same in both");
}

static json_t *changed(json_t *document, json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
    return document;
}

static void what_one_run_could_not_give_is_refused(void **state)
{
    (void)state;
    json_t *b = result_of("xen/pv", 1);
    refused(result_of("kvm/pv", 1), changed(b, json_object_get(b, "suite"), "name", json_string("other")),
            "b.json: suite.name: is other, and a.json has mine");
    b = result_of("xen/pv", 1);
    refused(result_of("kvm/pv", 1), changed(b, json_object_get(b, "suite"), "sha256", json_string("01")),
            "b.json: suite.sha256: ");
    b = result_of("xen/pv", 1);
    refused(result_of("kvm/pv", 1),
            changed(b, json_object_get(b, "suite"), "only", json_pack("{s:[s]}", "workloads", "cpuid")),
            "b.json: suite.only.workloads: is [\"cpuid\"], and a.json has nothing");
    b = result_of("xen/pv", 1);
    refused(result_of("kvm/pv", 1),
            changed(b, json_object_get(first_run(b), "guest"), "workloads_sha256", json_string("99")),
            "b.json: runs[0].guest.workloads_sha256: is 99, and a.json has 33");
    b = result_of("xen/pv", 1);
    refused(result_of("xen/hvm", 1),
            changed(b, json_object_get(first_run(b), "hypervisor"), "version", json_string("2")),
            "b.json: runs[0].hypervisor: is ");
    b = result_of("xen/pv", 1);
    refused(result_of("xen/hvm", 1), changed(b, json_object_get(first_run(b), "lab"), "memory_mib", json_integer(1)),
            "b.json: runs[0].lab: is {\"memory_mib\":1}, and a.json has {\"memory_mib\":192}");
    b = result_of("xen/pv", 1);
    refused(result_of("kvm/pv", 1), changed(b, first_workload(b), "iterations", json_integer(5)),
            "b.json: runs[0].benchmarks[0].iterations: cpuid has 5, and in a.json 1000");
    b = result_of("xen/pv", 1);
    refused(result_of("kvm/pv", 1), changed(b, json_object_get(b, "provenance"), "qemu", json_string("8")),
            "b.json: provenance.qemu: is \"8\" for xen/pv@lab, and in a.json \"7\" for kvm/pv@lab");
    refused(result_of("xen/pv", 1), json_pack("{s:s}", "schema", "pvbench.result/2"), "b.json: schema: is ");
}

static void a_merged_result_says_where_all_of_it_is_from(void **state)
{
    (void)state;
    json_t *document = merged(result_of("xen/pv", 1), result_of("kvm/pv", 1), NULL), *source;
    source = json_array_get(json_object_get(json_object_get(document, "provenance"), "merged"), 0);
    json_object_set_new(source, "settings", json_pack("[s]", "xen/pv@lab"));
    refused(document, result_of("native/hvm", 1),
            "a.json: provenance.merged: does not say where kvm/pv@lab comes from");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_have_one_order),
        cmocka_unit_test(it_does_not_matter_who_is_first_or_merged_before),
        cmocka_unit_test(sources_keep_what_was_theirs),
        cmocka_unit_test(a_setting_counts_once_where_it_is_the_same),
        cmocka_unit_test(what_one_run_could_not_give_is_refused),
        cmocka_unit_test(a_merged_result_says_where_all_of_it_is_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
