/* The change of level that ends a warm-up: found where there is one, and not where there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/warm_up.h"

#include <string.h>

#define N 1000

static uint64_t sample[N];

/* Even in [0, 1). */
static double noise(uint64_t seed, uint64_t n)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + (n + 1) * 0xd1342543de82ef95u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / (double)(1ull << 53);
}

static void fill(uint64_t seed, double level, double spread)
{
    for (size_t i = 0; i < N; i++)
        sample[i] = (uint64_t)(level + spread * (noise(seed, i) + noise(seed + 1000000, i) - 1));
}

static struct warm_up found(size_t n)
{
    struct warm_up w;
    assert_int_equal(warm_up_find(sample, n, &w), 0);
    return w;
}

static void none(void **state)
{
    (void)state;
    unsigned alarms = 0;
    /* 2,000 boots with nothing in them: five standard deviations are rare, also over 1,000 places. */
    for (unsigned seed = 1; seed <= 2000; seed++) {
        fill(seed, 10000, 500);
        struct warm_up w = found(N);
        alarms += w.samples != 0 || w.unsteady;
    }
    print_message("# %u false alarms in 2000\n", alarms);
    assert_true(alarms <= 2);
    for (size_t i = 0; i < N; i++)
        sample[i] = 115;
    assert_int_equal(found(N).samples, 0);
    assert_int_equal(found(N).steady, 115);
    assert_int_equal(found(0).samples, 0);
}

static void one_level(void **state)
{
    (void)state;
    static const size_t lengths[] = {12, 30, 100, 400};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        fill(i + 1, 10000, 200);
        for (size_t j = 0; j < lengths[i]; j++)
            sample[j] += 2000;
        struct warm_up w = found(N);
        assert_in_range(w.samples, lengths[i] - 1, lengths[i] + 1);
        assert_in_range(w.steady, 9950, 10050);
        assert_in_range(w.before, 11900, 12100);
        assert_false(w.unsteady);
    }
}

/* A processor that clocks up does so in steps. */
static void two_levels(void **state)
{
    (void)state;
    fill(5, 10000, 200);
    for (size_t j = 0; j < 150; j++)
        sample[j] += j < 50 ? 6000 : 2000;
    assert_in_range(found(N).samples, 145, 155);
}

static void outliers_are_no_level(void **state)
{
    (void)state;
    fill(6, 10000, 200);
    for (size_t j = 0; j < 4; j++)
        sample[j] = 1000000;
    sample[500] = 5000000;
    assert_int_equal(found(N).samples, 0);
}

static void too_small_to_matter(void **state)
{
    (void)state;
    fill(7, 10000, 10);
    for (size_t j = 0; j < 100; j++)
        sample[j] += 20;
    assert_int_equal(found(N).samples, 0);
}

static void late_is_no_warm_up(void **state)
{
    (void)state;
    fill(8, 10000, 200);
    for (size_t j = 800; j < N; j++)
        sample[j] += 3000;
    struct warm_up w = found(N);
    assert_int_equal(w.samples, 0);
    assert_true(w.unsteady);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none),
        cmocka_unit_test(one_level),
        cmocka_unit_test(two_levels),
        cmocka_unit_test(outliers_are_no_level),
        cmocka_unit_test(too_small_to_matter),
        cmocka_unit_test(late_is_no_warm_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
