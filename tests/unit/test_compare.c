/* test_compare.c: limits and verdicts by themselves, at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/compare/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void rules_are_read_and_the_last_goes_first(void **state)
{
    struct limits l = {0};
    char why[200] = "";
    (void)state;
    assert_int_equal(limits_add(&l, "cost=5%,entries=0", why, sizeof(why)), 0);
    assert_int_equal(limits_add(&l, "page_*/*=10%|3", why, sizeof(why)), 0);
    struct limit limit = limits_of(&l, "cpuid", "mean", "cost", true);
    assert_true(limit.given && limit.has_percent && !limit.has_absolute && limit.percent == 5);
    limit = limits_of(&l, "page_fault", "entries", "entries", true);
    assert_true(limit.has_percent && limit.has_absolute && limit.percent == 10 && limit.absolute == 3);
    /* What is not judged by itself is not judged by a star either, but by its name or its group's. */
    assert_false(limits_of(&l, "page_fault", "mmu_update", "kinds", false).given);
    assert_int_equal(limits_add(&l, "page_fault/kinds=1", why, sizeof(why)), 0);
    assert_true(limits_of(&l, "page_fault", "mmu_update", "kinds", false).given);
    assert_false(limits_of(&l, "cpuid", "mmu_update", "kinds", false).given);
    /* Without a rule the limit is nothing at all. */
    limit = limits_of(&l, "cpuid", "cold", "cold", true);
    assert_true(limit.given && !limit.has_percent && !limit.has_absolute);
}

static void rules_have_an_end(void **state)
{
    struct limits l = {0};
    char why[200] = "";
    (void)state;
    for (int i = 0; i < LIMITS_MAX; i++)
        assert_int_equal(limits_add(&l, "cost=1", why, sizeof(why)), 0);
    assert_int_equal(limits_add(&l, "cost=1", why, sizeof(why)), -1);
    assert_non_null(strstr(why, "more than 64"));
    char *name = calloc(1, 4000);
    assert_non_null(name);
    l.rules = 0;
    memset(name, 'x', 3000);
    memcpy(name + 3000, "/a=1", 5);
    assert_int_equal(limits_add(&l, name, why, sizeof(why)), -1);
    free(name);
}

static enum verdict exact(double base, double now, struct limit limit)
{
    return judge_exact(base, now, BETTER_LOWER, &limit);
}

static void exact_metrics_have_no_mercy(void **state)
{
    const struct limit none = {.given = true}, five = {.given = true, .has_percent = true, .percent = 5};
    const struct limit both = {true, true, true, 5, 2}, unasked = {.given = false};
    (void)state;
    assert_int_equal(exact(815, 815, none), VERDICT_SAME);
    assert_int_equal(exact(815, 816, none), VERDICT_WORSE);
    assert_int_equal(exact(815, 815.001, none), VERDICT_WORSE);
    assert_int_equal(exact(816, 815, none), VERDICT_BETTER);
    assert_int_equal(judge_exact(816, 815, BETTER_HIGHER, &none), VERDICT_WORSE);
    assert_int_equal(exact(815, 816, unasked), VERDICT_CHANGED);
    assert_int_equal(exact(100, 105, five), VERDICT_WITHIN);
    assert_int_equal(exact(100, 105.01, five), VERDICT_WORSE);
    assert_int_equal(exact(100, 103, both), VERDICT_WORSE);
    assert_int_equal(exact(100, 102, both), VERDICT_WITHIN);
    assert_int_equal(exact(0, 1e-9, five), VERDICT_WORSE);
    /* Quotients of the same counts are equal whatever they were divided by. */
    assert_int_equal(exact(3.0 / 1000, 30.0 / 10000, none), VERDICT_SAME);
}

static enum verdict noisy(double shift, size_t boots, size_t tests, double percent)
{
    double a[64], b[64];
    const struct limit limit = {.given = true, .has_percent = percent > 0, .percent = percent};
    struct noisy t;
    char why[200] = "";
    for (size_t i = 0; i < boots; i++) {
        a[i] = 1000 + (double)(i * 7 % 10);
        b[i] = (1000.3 + (double)(i * 3 % 10)) * shift;
    }
    assert_int_equal(judge_test(a, boots, b, boots, &t), 0);
    t.adjusted = fmin(1, t.p * (double)tests);
    enum verdict verdict = judge_noisy(&t, tests, stats_median(a, boots), stats_median(b, boots), BETTER_LOWER, &limit,
                                       JUDGE_NOISE_FLOOR, why, sizeof(why));
    assert_int_equal(verdict == VERDICT_INCONCLUSIVE, *why != 0);
    return verdict;
}

static void noisy_metrics_need_evidence(void **state)
{
    (void)state;
    assert_int_equal(noisy(1, 10, 1, 0), VERDICT_SAME);
    assert_int_equal(noisy(1.05, 10, 1, 0), VERDICT_WORSE);
    assert_int_equal(noisy(0.95, 10, 1, 0), VERDICT_BETTER);
    assert_int_equal(noisy(1.05, 10, 1, 10), VERDICT_WITHIN);
    assert_int_equal(noisy(1.008, 10, 1, 0), VERDICT_SAME); /* sure, but below the noise floor */
    assert_int_equal(noisy(1.5, 7, 1, 0), VERDICT_INCONCLUSIVE);
    assert_int_equal(noisy(1.5, 8, 1, 0), VERDICT_WORSE);
    /* 2 / C(16, 8) = 1.6e-4: enough for 64 questions, not for 65. */
    assert_int_equal(noisy(1.5, 8, 64, 0), VERDICT_WORSE);
    assert_int_equal(noisy(1.5, 8, 65, 0), VERDICT_INCONCLUSIVE);
    assert_int_equal(noisy(1, 1, 1, 0), VERDICT_INCONCLUSIVE);
}

static void sorting_is_that_of_the_numbers(void **state)
{
    enum { N = 3000 };
    static double v[N];
    double sum = 0, sorted = 0;
    (void)state;
    for (uint64_t i = 0; i < N; i++) {
        v[i] = ((double)stats_random(1, i) / 1e18 - 9) * pow(10, (double)stats_random_below(2, i, 40) - 20);
        sum += fabs(v[i]);
    }
    v[0] = -0.0;
    assert_true(stats_sort(v, N) > 0);
    for (size_t i = 0; i < N; i++) {
        sorted += fabs(v[i]);
        assert_true(i == 0 || v[i - 1] <= v[i]);
    }
    assert_true(fabs(sorted - sum) <= 1e-6 * sum + 10);
    assert_true(v[0] < 0 && v[N - 1] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_read_and_the_last_goes_first),
        cmocka_unit_test(rules_have_an_end),
        cmocka_unit_test(exact_metrics_have_no_mercy),
        cmocka_unit_test(noisy_metrics_need_evidence),
        cmocka_unit_test(sorting_is_that_of_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
