/* Which commit is tried next, and which number of a result is meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/bisect/metric.h"
#include "runner/bisect/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the range ------------------------------------------------------------------------- */

static void hash(char *into, unsigned number)
{
    snprintf(into, 41, "%040x", number);
}

/* n commits, one on the other, above a parent that is not in the range. */
static char *line_of_commits(unsigned n)
{
    char *text = malloc(n * 82 + 1), one[41], parent[41];
    size_t used = 0;
    for (unsigned i = 1; i <= n; i++) {
        hash(one, i);
        hash(parent, i - 1);
        used += (size_t)sprintf(text + used, "%s %s\n", one, parent);
    }
    text[used] = 0;
    return text;
}

/* The rounds until the cause is known, `room` at once; 0 is none of them. */
static unsigned rounds_until(unsigned n, unsigned cause, size_t room, unsigned *found)
{
    struct range r;
    char *text = line_of_commits(n);
    unsigned rounds = 0;
    size_t left[4], at[8], picked;
    assert_int_equal(range_read(&r, text), 0);
    for (; (picked = range_pick(&r, at, room)) > 0; rounds++) {
        assert_true(picked <= room);
        for (size_t i = 0; i < picked; i++) {
            assert_true(i == 0 || at[i] > at[i - 1]);
            if (cause && at[i] + 1 >= cause)
                assert_true(range_changed(&r, at[i]));
            else
                assert_true(range_same(&r, at[i]));
        }
    }
    const size_t count = range_left(&r, left, 4);
    assert_true(count <= 1);
    *found = count ? (unsigned)left[0] + 1 : 0;
    range_free(&r);
    free(text);
    return rounds;
}

static void each_cause_in_as_few_rounds_as_can_be(void **state)
{
    (void)state;
    for (unsigned room = 1; room <= 8; room++)
        for (unsigned n = 0; n <= 40; n++) {
            unsigned most = 0, found;
            for (unsigned answers = 1; answers < n + 1; answers *= room + 1)
                most++;
            for (unsigned cause = 0; cause <= n; cause++) {
                assert_true(rounds_until(n, cause, room, &found) <= most);
                assert_int_equal(found, cause);
            }
        }
}

/* The number came back to what it was, and went away once more: of several at once the first change is followed. */
static void a_number_that_comes_back(void **state)
{
    (void)state;
    struct range r;
    char *text = line_of_commits(20);
    size_t left[20];
    assert_int_equal(range_read(&r, text), 0);
    assert_true(range_same(&r, 2));
    assert_true(range_changed(&r, 6));
    assert_false(range_same(&r, 11));
    assert_true(range_changed(&r, 15));
    assert_int_equal(range_left(&r, left, 20), 4);
    assert_int_equal(left[0], 3);
    assert_int_equal(left[3], 6);
    assert_false(range_changed(&r, 1));
    assert_int_equal(range_left(&r, left, 20), 4);
    range_free(&r);
    free(text);
}

static void what_cannot_be_measured(void **state)
{
    (void)state;
    struct range r;
    char *text = line_of_commits(20);
    size_t left[8];
    assert_int_equal(range_read(&r, text), 0);
    /* 7, 8 and 9 do not build; the change is in 9, so that 10 has it. */
    for (size_t at; range_pick(&r, &at, 1);) {
        if (at + 1 >= 7 && at + 1 <= 9)
            range_dead(&r, at);
        else if (at + 1 >= 9)
            range_changed(&r, at);
        else
            range_same(&r, at);
    }
    assert_int_equal(range_left(&r, left, 8), 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(left[i] + 1, 7 + i);
    range_free(&r);
    free(text);
}

/* 1 - 2 - 4 (a merge of 2 and 3) - 5, and 3 beside 2 on 1. */
static void a_merge(void **state)
{
    (void)state;
    for (unsigned trial = 0; trial < 15; trial++) {
        const unsigned cause = 1 + trial % 5, room = 1 + trial / 5;
        static const unsigned parents[][2] = {{0, 0}, {1, 0}, {1, 0}, {2, 3}, {4, 0}};
        static const unsigned has[] = {1, 1 | 2, 1 | 4, 1 | 2 | 4 | 8, 31};
        char text[600] = "", one[41];
        size_t left[5];
        struct range r;
        for (unsigned i = 0; i < 5; i++) {
            hash(one, i + 1);
            strcat(text, one);
            for (unsigned p = 0; p < 2 && (p == 0 || parents[i][p]); p++) {
                hash(one, parents[i][p]);
                strcat(strcat(text, " "), one);
            }
            strcat(text, "\n");
        }
        assert_int_equal(range_read(&r, text), 0);
        size_t at[3], picked;
        while ((picked = range_pick(&r, at, room)) > 0)
            for (size_t i = 0; i < picked; i++)
                if (has[at[i]] & 1u << (cause - 1))
                    range_changed(&r, at[i]);
                else
                    range_same(&r, at[i]);
        assert_int_equal(range_left(&r, left, 5), 1);
        assert_int_equal(left[0] + 1, cause);
        range_free(&r);
    }
}

static void no_list(void **state)
{
    (void)state;
    static const char *const texts[] = {"x\n", "0123456789abcdef\n", "\n", "000000000000000000000000000000000000000g\n",
                                        "0000000000000000000000000000000000000001  \n"};
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct range r;
        assert_int_equal(range_read(&r, texts[i]), -1);
        range_free(&r);
    }
}

/* --- the metric ---------------------------------------------------------------------------- */

static void metrics(void **state)
{
    (void)state;
    struct metric m;
    struct pvb_error e;
    assert_int_equal(metric_read(&m, "xen/pv/pte_update.cost", &e), 0);
    assert_string_equal(m.key, "xen/pv@lab");
    assert_string_equal(m.workload, "pte_update");
    assert_string_equal(m.field, "cost");
    assert_int_equal(metric_read(&m, "minivisor/hvm+emulated/blk_read/8.exit", &e), 0);
    assert_string_equal(m.key, "minivisor/hvm+emulated@lab");
    assert_int_equal(m.parameter, 8);
    static const char *const bad[] = {"",
                                      "xen",
                                      "xen/pv",
                                      "xen/pv/x",
                                      "xen/pv/x.",
                                      "xen/pv/.cost",
                                      "xen//x.cost",
                                      "xen/pv/x.price",
                                      "xen/pv/x/y.cost",
                                      "xen/pv/x/0.cost",
                                      "xen/pv/x/-1.cost",
                                      "/pv/x.cost",
                                      "xen/pv+/x.cost",
                                      "--x/pv/x.cost"};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(metric_read(&m, bad[i], &e), -1);
}

static double value_of(const char *metric, json_t *result)
{
    struct metric m;
    struct pvb_error e;
    double value = 0;
    assert_int_equal(metric_read(&m, metric, &e), 0);
    return metric_value(&m, result, &value, &e) ? -1 : value;
}

static void values(void **state)
{
    (void)state;
    json_t *r = json_load_file("tests/fixtures/result-micro.json", 0, NULL);
    json_t *run = json_array_get(json_object_get(r, "runs"), 0);
    const json_t *bench = NULL;
    const char *name = NULL;
    size_t i;
    json_array_foreach(json_object_get(run, "benchmarks"), i, bench)
    {
        if (json_integer_value(json_object_get(bench, "entries_total")) > 0)
            name = json_string_value(json_object_get(bench, "name"));
        if (name)
            break;
    }
    assert_non_null(name);
    char metric[200], hypervisor[80];
    snprintf(hypervisor, sizeof(hypervisor), "%s/%s",
             json_string_value(json_object_get(json_object_get(run, "hypervisor"), "name")),
             json_string_value(json_object_get(run, "mode")));
    snprintf(metric, sizeof(metric), "%s@lab", hypervisor);
    json_object_set_new(run, "setting", json_string(metric));
    snprintf(metric, sizeof(metric), "%s/%s.cost", hypervisor, name);
    assert_true(value_of(metric, r) == json_number_value(json_object_get(json_object_get(bench, "cost"), "median")));
    double sum = 0;
    static const char *const classes[] = {"hypercall", "forward", "emulate", "exit"};
    for (unsigned c = 0; c < 4; c++) {
        snprintf(metric, sizeof(metric), "%s/%s.%s", hypervisor, name, classes[c]);
        sum += value_of(metric, r);
    }
    snprintf(metric, sizeof(metric), "%s/%s.entries", hypervisor, name);
    assert_true(value_of(metric, r) == sum);
    snprintf(metric, sizeof(metric), "%s/nobody.cost", hypervisor);
    assert_true(value_of(metric, r) < 0);
    json_decref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cause_in_as_few_rounds_as_can_be),
        cmocka_unit_test(what_cannot_be_measured),
        cmocka_unit_test(a_number_that_comes_back),
        cmocka_unit_test(a_merge),
        cmocka_unit_test(no_list),
        cmocka_unit_test(metrics),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
