/* Guests that differ in how many vCPUs they have: which belong together, and the laws of their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/print/report_print.h"
#include "reports/result/expectations.h"
#include "reports/result/vcpus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMP "tests/fixtures/result-smp.json"

static void is_mode(const char *mode, unsigned vcpus, const char *rest)
{
    char without[VCPUS_MODE];
    assert_int_equal(vcpus_of(mode, without), vcpus);
    assert_string_equal(without, rest);
}

static void number_in_a_mode(void **state)
{
    (void)state;
    is_mode("pv", 1, "pv");
    is_mode("pv+16vcpus", 16, "pv");
    is_mode("pv+linux+2vcpus+xpti", 2, "pv+linux+xpti");
    is_mode("hvm+emulated", 1, "hvm+emulated");
    is_mode("pv+2guests", 1, "pv+2guests");
}

static size_t row_of(const struct model *m, const char *label)
{
    for (size_t i = 0; i < m->rows; i++)
        if (strcmp(m->row[i].label, label) == 0)
            return i;
    fail_msg("no row %s", label);
    return 0;
}

static void laws(void **state)
{
    (void)state;
    struct result r;
    struct model m;
    struct report_error e;
    struct vcpus_group g[MODEL_COLUMNS_MAX];
    struct vcpus_laws l;
    assert_int_equal(result_load(&r, SMP, &e), 0);
    assert_int_equal(model_make(&m, &r, NULL, SMP, &e), 0);
    assert_int_equal(vcpus_groups(&m, g), 2);
    assert_string_equal(g[0].mode, "pv");
    assert_int_equal(g[0].columns, 4);
    assert_int_equal(vcpus_laws(&m, &g[0], row_of(&m, "tlb_shootdown"), &l), VCPUS_GROWS);
    assert_true(fabs(l.cost.fixed - 665) < 1e-6 && fabs(l.cost.each - 18) < 1e-6 && l.cost.off < 1e-9);
    assert_true(l.has_entries && fabs(l.entries.fixed - 1) < 1e-6 && fabs(l.entries.each) < 1e-6);
    assert_int_equal(vcpus_laws(&m, &g[0], row_of(&m, "ipi_halted"), &l), VCPUS_SAME);
    assert_int_equal(vcpus_laws(&m, &g[1], row_of(&m, "ipi_broadcast"), &l), VCPUS_GROWS);
    assert_true(fabs(l.entries.each - 3) < 1e-6 && l.cost.off < 0.02);
    model_free(&m);
    result_free(&r);
}

static void laws_in_the_report(void **state)
{
    (void)state;
    struct result r;
    struct model m;
    struct report_error e;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(result_load(&r, SMP, &e), 0);
    assert_int_equal(model_make(&m, &r, NULL, SMP, &e), 0);
    report_vcpus(&m, &(struct report_options){.style = TABLE_MARKDOWN}, out);
    fclose(out);
    assert_non_null(strstr(text, "665 + 18 N, exactly (entries 1)"));
    assert_non_null(strstr(text, "(entries 3 N)"));
    free(text);
    model_free(&m);
    result_free(&r);
}

static void is_expected(const char *workload, const char *hypervisor, const char *mode, double total)
{
    struct expectation x;
    assert_true(expectation_of(workload, hypervisor, mode, &x) && x.applicable);
    assert_true(fabs(x.total - total) < 1e-9);
}

static void expectations_grow(void **state)
{
    (void)state;
    struct expectation x;
    is_expected("ipi_broadcast", "xen", "pv+16vcpus", 64);
    is_expected("ipi_broadcast", "xen", "pvh+2vcpus", 6);
    is_expected("tlb_shootdown", "kvm", "hvm+4vcpus", 7 + 2);
    is_expected("tlb_shootdown", "xen", "pv+8vcpus", 1);
    assert_true(expectation_of("ipi_broadcast", "kvm", "pv+16vcpus", &x));
    assert_true(x.kind[1].least > 13.5 && x.kind[1].least < 14.5 && x.kind[1].most > 14.5 && x.kind[1].most < 15.5);
    assert_true(expectation_of("ipi_halted", "minivisor", "pv", &x) && !x.applicable);
    assert_false(expectation_of("ipi_broadcast", "xen", "pv", &x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_in_a_mode),
        cmocka_unit_test(laws),
        cmocka_unit_test(laws_in_the_report),
        cmocka_unit_test(expectations_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
