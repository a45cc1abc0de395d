/* Order statistics against the definition, on the sorted samples themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/summary.h"

#include <string.h>

static void make(struct summary *s, const uint64_t (*item)[2], size_t items)
{
    struct distribution d = {0};
    for (size_t i = 0; i < items; i++)
        assert_true(distribution_add(&d, item[i][0], item[i][1]));
    summary_make(s, &d);
    distribution_free(&d);
}

static void one_sample(void **state)
{
    (void)state;
    struct summary s;
    make(&s, (const uint64_t[][2]){{42, 1}}, 1);
    assert_int_equal(s.min, 42);
    assert_int_equal(s.median, 42);
    assert_int_equal(s.p99, 42);
    assert_int_equal(s.max, 42);
}

/* For every n: samples 1..n, so that the value is the rank. */
static void ranks_by_definition(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 450; n++) {
        struct distribution d = {0};
        struct summary s;
        for (uint64_t i = 1; i <= n; i++)
            assert_true(distribution_add(&d, i, 1));
        summary_make(&s, &d);
        assert_int_equal(s.median, (n + 1) / 2);
        assert_int_equal(s.p99, (n * 99 + 99) / 100);
        assert_int_equal(s.total, n * (n + 1) / 2);
        distribution_free(&d);
    }
}

static void weights_count(void **state)
{
    (void)state;
    struct summary s;
    make(&s, (const uint64_t[][2]){{10, 500}, {20, 480}, {30, 10}, {900, 10}}, 4);
    assert_int_equal(s.median, 10); /* the lower of 10 and 20 */
    assert_int_equal(s.p99, 30);
    assert_int_equal(s.max, 900);
    make(&s, (const uint64_t[][2]){{10, 499}, {20, 501}}, 2);
    assert_int_equal(s.median, 20);
}

static void huge_counts(void **state)
{
    (void)state;
    struct summary s;
    make(&s, (const uint64_t[][2]){{0, INT64_MAX - 1}, {1, 1}}, 2);
    assert_int_equal(s.median, 0);
    assert_int_equal(s.p99, 0);
    assert_int_equal(s.max, 1);
}

static void overflow_is_refused(void **state)
{
    (void)state;
    struct distribution d = {0};
    assert_true(distribution_add(&d, INT64_MAX, 1));
    assert_false(distribution_add(&d, INT64_MAX, 1));
    distribution_free(&d);
    assert_false(distribution_add(&d, (uint64_t)INT64_MAX + 1, 1));
    assert_false(distribution_add(&d, 2, INT64_MAX));
    distribution_free(&d);
}

static void means_are_integers_when_they_can(void **state)
{
    (void)state;
    json_t *whole = quotient_json(300, 3), *part = quotient_json(301, 3);
    assert_true(json_is_integer(whole));
    assert_int_equal(json_integer_value(whole), 100);
    assert_true(json_is_real(part));
    json_decref(whole);
    json_decref(part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sample),          cmocka_unit_test(ranks_by_definition),
        cmocka_unit_test(weights_count),       cmocka_unit_test(huge_counts),
        cmocka_unit_test(overflow_is_refused), cmocka_unit_test(means_are_integers_when_they_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
