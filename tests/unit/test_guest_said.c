/* What the Linux guest takes from words of Debian's programs: numbers where they stand, and no number where none is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "workloads/linux/said.h"

static const char said[] = "# /dev/cpu_dma_latency set to 0us\nMax CPUs = 2\nThread 0 Interval: 1500\n"
                           "       0:       0:    4429\n       0:       1:    3570\n       0:       2:     100\n";

static void cyclictest(void **state)
{
    (void)state;
    uint64_t ns;
    assert_true(said_cyclictest(said, 3, &ns));
    assert_int_equal(ns, 4429 + 3570 + 100);
    assert_false(said_cyclictest(said, 4, &ns));
    assert_false(said_cyclictest(said, 2, &ns));
    assert_false(said_cyclictest("", 1, &ns));
    assert_false(said_cyclictest("0: 1:", 1, &ns));
    assert_true(said_cyclictest("", 0, &ns));
}

static const char json[] = "{\n  \"fio version\" : \"fio-3.33\",\n  \"global options\" : {\"read\" : \"x\"},\n"
                           "  \"jobs\" : [ {\n \"error\" : 0, \"read\" : {\n      \"io_bytes\" : 4096,\n"
                           "      \"total_ios\" : 512, \"lat_ns\" : { \"min\" : 7, \"mean\" : 40123.75 } },\n"
                           "      \"write\" : { \"total_ios\" : 9 } } ]\n}\n";

static void number_of(void **state)
{
    (void)state;
    uint64_t n;
    assert_true(said_number(json, "jobs/read/total_ios", &n));
    assert_int_equal(n, 512);
    assert_true(said_number(json, "jobs/read/lat_ns/mean", &n));
    assert_int_equal(n, 40123);
    assert_true(said_number(json, "jobs/error", &n));
    assert_int_equal(n, 0);
    assert_true(said_number(json, "write/total_ios", &n));
    assert_int_equal(n, 9);
}

static void no_number(void **state)
{
    (void)state;
    static const char *const cut[] = {
        "", "\"jobs", "\"jobs\"", "\"jobs\" :", "\"jobs\" : ", "\"jobs\" : -1", "\"jobs\":\"1\""};
    uint64_t n;
    assert_false(said_number(json, "jobs/read/total", &n));
    assert_false(said_number(json, "fio version", &n));
    assert_false(said_number(json, "jobs", &n));
    for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
        assert_false(said_number(cut[i], "jobs", &n));
}

/* iperf3's own words. */
static const char iperf[] =
    "{\n\t\"end\":\t{\n\t\t\"sum_sent\":\t{\n\t\t\t\"start\":\t0,\n\t\t\t\"seconds\":\t0.002046\n\t\t},\n"
    "\t\t\"sum_received\":\t{\n\t\t\t\"seconds\":\t0.002594508,\n\t\t\t\"bytes\":\t2621440\n\t\t}\n\t}\n}";

static void seconds(void **state)
{
    (void)state;
    uint64_t ns;
    assert_true(said_seconds(iperf, "end/sum_received/seconds", &ns));
    assert_int_equal(ns, 2594508);
    assert_true(said_seconds(iperf, "end/sum_sent/seconds", &ns));
    assert_int_equal(ns, 2046000);
    assert_true(said_seconds("{\"seconds\":1.5e-3}", "seconds", &ns));
    assert_int_equal(ns, 1500000);
    assert_false(said_seconds("{\"seconds\":86401}", "seconds", &ns));
    assert_false(said_seconds("{\"seconds\":nan}", "seconds", &ns));
    assert_false(said_seconds("{\"seconds\":-1}", "seconds", &ns));
    assert_false(said_seconds(iperf, "end/sum/seconds", &ns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cyclictest), cmocka_unit_test(number_of),
                                       cmocka_unit_test(no_number), cmocka_unit_test(seconds)};
    return cmocka_run_group_tests_name("guest words", tests, NULL, NULL);
}
