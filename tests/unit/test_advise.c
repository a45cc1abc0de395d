/* test_advise.c: what a load is, and at which prices; on a result that was recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/advise/advise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESULT "tests/fixtures/result-full.json"

static struct load load;
static struct advice advice;

static int take(const char *text, struct report_error *e)
{
    json_t *document = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(document);
    int bad = load_take(&load, "load.json", document, e);
    json_decref(document);
    return bad;
}

static void refused(const char *text, const char *words)
{
    struct report_error e = {""};
    assert_int_equal(take(text, &e), -1);
    if (!strstr(e.text, words) || strchr(e.text, '\n'))
        fail_msg("%s: said %s", text, e.text);
}

static void loads_that_are_none(void **state)
{
    (void)state;
    refused("[]", "schema: is neither");
    refused("{\"schema\": \"pvbench.suite/1\"}", "schema: is neither");
    refused("{\"schema\": \"pvbench.load/1\"}", "holds no operations and no entries");
    refused("{\"schema\": \"pvbench.load/1\", \"operations\": [1]}", "operations: is no object");
    refused("{\"schema\": \"pvbench.load/1\", \"operations\": {\"syscall\": -1}}", "operations: syscall: is no rate");
    refused("{\"schema\": \"pvbench.load/1\", \"operations\": {\"syscall\": \"1\"}}", "is no rate");
    refused("{\"schema\": \"pvbench.load/1\", \"entries\": {\"exit\\u001b HLT\": 1e13}}",
            "entries: exit? HLT: is no rate");
    refused("{\"schema\": \"pvbench.trace/1\", \"exits\": {\"HLT\": {\"count\": 1}}}", "seconds: is not above 0");
}

static void a_trace_has_rates(void **state)
{
    struct report_error e = {""};
    (void)state;
    assert_int_equal(
        take("{\"schema\": \"pvbench.trace/1\", \"process\": {\"name\": \"vm\"}, \"seconds\": 2.5, \"exits\": "
             "{\"CPUID\": {\"count\": 10}}}",
             &e),
        0);
    assert_string_equal(load.name, "vm");
    assert_int_equal(load.rates, 1);
    assert_string_equal(load.rate[0].name, "exit CPUID");
    assert_true(load.rate[0].is_entry && fabs(load.rate[0].rate - 4) < 1e-9);
}

static const struct advice_row *row_of(const char *name)
{
    for (size_t i = 0; i < load.rates; i++)
        if (strcmp(load.rate[i].name, name) == 0)
            return &advice.row[i];
    fail_msg("no row %s", name);
    return NULL;
}

static unsigned column_of(const struct model *m, const char *setting)
{
    unsigned i = 0;
    while (strcmp(m->column[i].setting, setting) != 0)
        i++;
    return i;
}

/* Of what KVM has in one of its modes alone, too. */
static void prices(void **state)
{
    struct report_error e = {""};
    struct result r;
    struct model m;
    (void)state;
    assert_int_equal(
        take("{\"schema\": \"pvbench.load/1\", \"operations\": {\"cpuid\": 100, \"null_hypercall\": 1, \"none\": 7, "
             "\"empty\": 1}, \"entries\": {\"exit CPUID\": 2, \"exit none\": 1}}",
             &e),
        0);
    assert_int_equal(result_load(&r, RESULT, &e), 0);
    assert_int_equal(model_make(&m, &r, NULL, RESULT, &e), 0);
    const unsigned pv = column_of(&m, "kvm/pv@lab"), hvm = column_of(&m, "kvm/hvm@lab");
    double mean[MODEL_COLUMNS_MAX] = {0};
    for (size_t row = 0; row < m.rows; row++)
        for (unsigned i = 0; i < m.columns; i++) {
            const double sign = strcmp(m.row[row].name, "cpuid") == 0   ? 1
                                : strcmp(m.row[row].name, "empty") == 0 ? -1
                                                                        : 0;
            mean[i] += sign * model_at(&m, row, i)->mean;
        }
    advice_make(&advice, &load, &m);
    assert_true(advice.subtracted);
    assert_true(fabs(row_of("cpuid")->price[pv].all - 100 * mean[pv]) < 1e-6 && mean[pv] > 0);
    assert_true(fabs(row_of("exit CPUID")->price[hvm].all - 2 * mean[hvm]) < 1e-6);
    assert_string_equal(m.row[row_of("exit CPUID")->row].label, "cpuid");
    assert_int_equal(row_of("none")->row, -1);
    assert_int_equal(row_of("exit none")->row, -1);
    assert_int_equal(row_of("empty")->row, -1);
    assert_true(row_of("null_hypercall")->price[pv].known && !row_of("null_hypercall")->price[hvm].known);
    assert_int_equal(advice.column[pv].unknown, 0);
    assert_int_equal(advice.column[hvm].unknown, 1);
    assert_int_equal(advice.priced, 3);
    model_free(&m);
    result_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_that_are_none),
        cmocka_unit_test(a_trace_has_rates),
        cmocka_unit_test(prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
