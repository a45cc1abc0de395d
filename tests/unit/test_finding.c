/* test_finding.c: the sentence of a hypervisor, of results that are small, partial or contradict themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/finding/finding.h"
#include "reports/print/report_cell.h"
#include "reports/result/groups.h"

#include <stdlib.h>
#include <string.h>

struct loaded {
    struct result result;
    struct model model;
};

static const struct made {
    const char *mode, *workload;
    double median, mean;
} none = {NULL, NULL, 0, 0};

static json_t *benchmark(const struct made *w)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:{s:s, s:s, s:s, s:i, s:f, s:f, s:f, s:f, s:f}, s:n, s:{s:s}}", "name",
                     w->workload, "status", "ok", "iterations", 10, "ops_per_iteration", 1, "cost", "unit",
                     "instructions", "class", "exact", "measures", "whole iteration", "samples", 10, "min", 1.0,
                     "median", w->median, "mean", w->mean, "p99", w->median, "max", 1e9, "entries", "unavailable",
                     "entries", "not counted");
}

static json_t *run_of(const char *mode, json_t *benchmarks)
{
    return json_pack("{s:{s:s, s:s, s:s}, s:s, s:s, s:i, s:{s:s, s:s}, s:s, s:o}", "hypervisor", "name", "xen",
                     "version", "4.17", "sha256", "", "mode", mode, "machine", "lab", "boot", 1, "guest", "sha256", "",
                     "workloads_sha256", "", "status", "ok", "benchmarks", benchmarks);
}

/* A run a mode, in the order of the rows. */
static void make(struct loaded *l, const struct made *w)
{
    struct report_error e = {""};
    json_t *runs = json_array();
    for (const char *mode = ""; w->mode; w++) {
        if (strcmp(mode, w->mode) != 0)
            json_array_append_new(runs, run_of(mode = w->mode, json_array()));
        const json_t *last = json_array_get(runs, json_array_size(runs) - 1);
        json_array_append_new(json_object_get(last, "benchmarks"), benchmark(w));
    }
    json_t *document = json_pack("{s:s, s:{s:s, s:s}, s:{}, s:o}", "schema", "pvbench.result/1", "suite", "name",
                                 "micro", "sha256", "", "provenance", "runs", runs);
    assert_non_null(document);
    if (result_take(&l->result, "made", document, &e) || model_make(&l->model, &l->result, NULL, "made", &e))
        fail_msg("%s", e.text);
}

static void says(const struct made *w, const char *expected)
{
    struct loaded l;
    make(&l, w);
    char *text = finding_text(&l.model, &l.model.group[0]);
    assert_string_equal(text ? text : "(nothing)", expected);
    free(text);
    model_free(&l.model);
    result_free(&l.result);
}

static void ranges_are_of_groups(void **state)
{
    const struct made two[] = {
        {"pv", "syscall", 300, 300}, {"pv", "page_fault", 400, 400}, {"pv", "cpuid", 150, 150},
        {"pv", "compute", 105, 105}, {"hvm", "syscall", 30, 30},     {"hvm", "page_fault", 100, 100},
        {"hvm", "cpuid", 100, 100},  {"hvm", "compute", 100, 100},   none};
    const struct made three[] = {{"pv", "syscall", 300, 300},
                                 {"pv", "halt_wake", 10, 10},
                                 {"pvh", "syscall", 30, 30},
                                 {"pvh", "halt_wake", 40, 40},
                                 {"hvm", "syscall", 31, 31},
                                 {"hvm", "halt_wake", 50, 50},
                                 none};
    (void)state;
    says(two,
         "PV pays 4.00 to 10.0 times what HVM does for system calls and faults, and up to 1.50 times for privileged "
         "instructions; HVM takes no more than 10 % more than PV in any of 4 workloads.");
    says(three,
         "PV pays 10.0 times what the cheapest mode does for system calls; PVH pays 4.00 times for timers; HVM pays "
         "5.00 times for timers.");
}

static void a_part_of_a_result_has_no_multiple(void **state)
{
    const struct made one[] = {{"pvh", "syscall", 300, 300}, {"pvh", "cpuid", 20, 20}, none};
    const struct made apart[] = {{"pv", "syscall", 300, 300}, {"hvm", "cpuid", 20, 20}, none};
    const struct made nothing[] = {{"pv", "empty", 10, 10}, none};
    (void)state;
    says(one, "PVH takes 20 (cpuid) to 300 instructions (syscall) for an operation.");
    says(apart,
         "PV takes 300 instructions (syscall) for an operation; HVM takes 20 instructions (cpuid) for an operation.");
    says(nothing, "(nothing)");
}

static void the_mean_is_not_hidden(void **state)
{
    /* The median says five times, the mean three: three is held by both. */
    const struct made less[] = {{"pv", "syscall", 500, 300}, {"hvm", "syscall", 100, 100}, none};
    const struct made contrary[] = {{"pv", "console_char", 10, 200}, {"hvm", "console_char", 100, 100}, none};
    (void)state;
    says(less,
         "PV pays 3.00 times what HVM does for system calls; HVM takes no more than 10 % more than PV in 1 workload.");
    says(contrary,
         "PV takes no more than 10 % more than HVM in 1 workload; HVM takes no more than 10 % more than PV in 1 "
         "workload. Which mode is cheaper, the medians and the means do not agree about in console_char.");
    assert_true(model_mean_disagrees(100, 111) && model_mean_disagrees(111, 100));
    assert_false(model_mean_disagrees(100, 109) || model_mean_disagrees(100, 0));
}

static void groups_come_from_the_table(void **state)
{
    char words[GROUP_WORDS];
    (void)state;
    const size_t first = group_of("syscall", words);
    assert_string_equal(words, "system calls");
    assert_true(first < group_of("page_fault", words));
    assert_string_equal(words, "faults");
    assert_int_equal(group_of("exception", words), group_of("page_fault", words));
    assert_true(group_of("new_workload", words) > group_of("net_ping", words));
    group_of("new_workload", words);
    assert_string_equal(words, "new_workload");
    group_of("sys", words);
    assert_string_equal(words, "sys");
    group_of("", words);
    assert_string_equal(words, "");
}

static void pairs_are_of_what_differs_in_one_thing(void **state)
{
    const struct made xen[] = {{"pv", "syscall", 1, 1}, {"pvh", "syscall", 1, 1}, {"hvm", "syscall", 1, 1}, none};
    static const char *const names[] = {"pv/hvm", "pvh/pv", "pvh/hvm"};
    struct loaded l;
    (void)state;
    make(&l, xen);
    assert_int_equal(l.model.group[0].pairs, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(l.model.group[0].pair[i].name, names[i]);
    model_free(&l.model);
    result_free(&l.result);
}

static void handlers_that_take_longer_are_told(void **state)
{
    struct result_benchmark timed = {.cost = {.measures = "whole iteration"}};
    struct model_kind kind = {.unit = "instructions", .mean = 600, .per_operation = 2};
    struct model_cell cell = {.has_cost = true, .unit = "instructions", .any = &timed, .kind = &kind, .kinds = 1};
    (void)state;
    cell.cost = cell.mean = 1300;
    assert_false(cell_is_watched(&cell));
    cell.mean = 1199;
    assert_true(cell_is_watched(&cell) && cell_handlers(&cell) == 1200);
    kind.unit = NULL;
    assert_false(cell_is_watched(&cell));
    kind.unit = "instructions";
    timed.cost.measures = "timer expiry to first instruction after halt";
    assert_false(cell_is_watched(&cell));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_of_groups),
        cmocka_unit_test(a_part_of_a_result_has_no_multiple),
        cmocka_unit_test(the_mean_is_not_hidden),
        cmocka_unit_test(groups_come_from_the_table),
        cmocka_unit_test(pairs_are_of_what_differs_in_one_thing),
        cmocka_unit_test(handlers_that_take_longer_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
