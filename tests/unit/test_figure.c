/* Figures and tables: where curves cross, which entries are expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/figure/crossover.h"
#include "reports/stats/law.h"
#include "reports/result/expectations.h"

#include <math.h>
#include <string.h>

static void curves_cross_where_they_do(void **state)
{
    (void)state;
    const double n[] = {1, 2, 4, 8}, falling[] = {8, 4, 2, 1}, flat[] = {3, 3, 3, 3};
    struct crossing c[4];
    assert_int_equal(crossovers(n, falling, flat, 4, c, 4), 1);
    assert_true(c[0].before == 2 && c[0].after == 4 && c[0].first_cheaper);
    assert_int_equal(crossovers(n, flat, falling, 4, c, 4), 1);
    assert_true(!c[0].first_cheaper && c[0].before == 2 && c[0].after == 4);
}

static void meeting_is_not_crossing(void **state)
{
    (void)state;
    const double n[] = {1, 2, 4, 8, 16}, flat[] = {2, 2, 2, 2, 2};
    const double touches[] = {4, 2, 2, 3, 4}, passes[] = {4, 2, 2, 1, 1}, alike[] = {2, 2, 2, 2, 2};
    const double leaves[] = {2, 2, 3, 4, 5}, twice[] = {4, 1, 4, 4, 4};
    struct crossing c[4];
    assert_int_equal(crossovers(n, touches, flat, 5, c, 4), 0);
    assert_int_equal(crossovers(n, alike, flat, 5, c, 4), 0);
    assert_int_equal(crossovers(n, leaves, flat, 5, c, 4), 0);
    /* They are alike from 2 to 4. */
    assert_int_equal(crossovers(n, passes, flat, 5, c, 4), 1);
    assert_true(c[0].before == 1 && c[0].after == 8 && c[0].first_cheaper);
    /* All are counted, and no more than asked for are written. */
    c[1].before = -1;
    assert_int_equal(crossovers(n, twice, flat, 5, c, 1), 2);
    assert_true(c[1].before == -1);
    assert_int_equal(crossovers(n, twice, flat, 0, c, 1), 0);
}

static void a_batch_has_a_law(void **state)
{
    static const double n[] = {1, 8, 32}, line[] = {1050, 1400, 2600}, bent[] = {1050, 1400, 2860}, same[] = {8, 8, 8};
    struct law law;
    (void)state;
    assert_true(law_fit(n, line, 3, &law));
    assert_true(fabs(law.fixed - 1000) < 1e-9 && fabs(law.each - 50) < 1e-9 && law.off < 1e-12);
    assert_true(law_fit(n, bent, 3, &law));
    assert_true(law.off > 0.01 && law.off < 0.1 && law.each > 50);
    assert_false(law_fit(n, line, 2, &law));
    assert_false(law_fit(same, line, 3, &law));
}

static void the_table_of_expectations_is_read(void **state)
{
    struct expectation x;
    (void)state;
    assert_true(expectation_of("page_fault", "xen", "pv", &x));
    assert_true(x.applicable && x.kinds == 3 && x.total == 3);
    assert_string_equal(x.kind[1].name, "mmu_update");
    assert_int_equal(x.kind[0].class, PVB_CLASS_FORWARD);
    assert_true(expectation_of("self_event", "minivisor", "hvm", &x));
    assert_true(x.kinds == 1 && x.kind[0].least == 2 && x.kind[0].most == 2 && x.kind[0].class == PVB_CLASS_EXIT);
    assert_true(expectation_of("net_rx/32", "kvm", "pv+pv", &x));
    assert_true(x.kinds == 3 && x.total == 1 && x.kind[1].least == 0 && x.kind[1].most == 32);
    assert_true(x.kind[2].least == 0 && x.kind[2].most == 0.1);
    assert_true(expectation_of("compute", "kvm", "pv", &x));
    assert_true(x.applicable && x.kinds == 0 && x.total == 0);
    assert_true(expectation_of("balloon", "kvm", "hvm", &x));
    assert_false(x.applicable);
    assert_true(expectation_of("memory_walk", "xen", "hvm", &x)); /* the last line */
    assert_false(expectation_of("page_fault", "kvm", "pvh", &x));
    assert_false(expectation_of("page", "xen", "pv", &x));
    assert_false(expectation_of("", "", "", &x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_cross_where_they_do),
        cmocka_unit_test(meeting_is_not_crossing),
        cmocka_unit_test(a_batch_has_a_law),
        cmocka_unit_test(the_table_of_expectations_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
