/* Suite files: a good one is read whole, and every bad one is told by place and mend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/hypervisor/hypervisor.h"
#include "runner/plan/suite.h"
#include "runner/plan/suite_variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct pvb_workload_name names[] = {{.name = "empty"}, {.name = "compute"}};
static const struct catalogue known = {names, 2};

#define HEAD                                                                                                           \
    "{\"schema\":\"pvbench.suite/1\",\"name\":\"s\",\"hypervisors\":[\"minivisor\"],\"modes\":[\"pv\",\"hvm\"],"
#define SUITE(rest)     HEAD rest "}"
#define WORKLOADS(list) SUITE("\"workloads\":[" list "]")

#define VARIANTS(list) SUITE("\"variants\":[" list "],\"workloads\":[\"empty\"]")

#define GUESTS(list) SUITE("\"guests\":[" list "],\"workloads\":[\"empty\"]")

static void guests(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] =
        GUESTS("\"one\",{\"neighbours\":31,\"load\":\"empty\"},"
               "{\"neighbours\":1,\"load\":\"compute\",\"parameter\":7,\"weight\":512,\"cap\":25}");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), 0);
    assert_int_equal(s.guests_count, 3);
    assert_int_equal(s.guests[0].neighbours, 0);
    assert_int_equal(s.guests[1].neighbours, 31);
    assert_string_equal(s.guests[2].load, "compute");
    assert_int_equal(s.guests[2].parameter, 7);
    assert_int_equal(s.guests[2].weight, 512);
    assert_int_equal(s.guests[2].cap, 25);
    assert_int_equal(s.guests[1].weight, 0);
    static const char *const bad[] = {GUESTS("{\"neighbours\":1,\"weight\":65536}"),
                                      GUESTS("{\"neighbours\":1,\"cap\":0}")};
    static const char *const why[] = {"guests[0]: its \"weight\" is no number", "guests[0]: its \"cap\" is no number"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(suite_parse(&s, "f.json", bad[i], strlen(bad[i]), &known, &e), -1);
        assert_non_null(strstr(e.text, why[i]));
    }
}

static void variants(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] = VARIANTS("{\"name\":\"shipped\",\"xen\":\"\",\"kernel\":\"mitigations=auto\"},\"usual\","
                                        "{\"name\":\"xpti\",\"xen\":\"xpti=on spec-ctrl=no\"}");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), 0);
    assert_int_equal(s.variant_count, 3);
    assert_string_equal(s.variant[0].name, "shipped");
    assert_true(s.variant[0].is_for_xen && s.variant[0].is_for_kernel);
    assert_string_equal(s.variant[0].xen, "");
    assert_string_equal(s.variant[0].kernel, "mitigations=auto");
    assert_string_equal(s.variant[1].name, "");
    assert_string_equal(s.variant[2].xen, "xpti=on spec-ctrl=no");
    assert_false(s.variant[2].is_for_kernel);
}

static void variants_of_guests(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] = SUITE("\"carrier\":\"linux\",\"variants\":[\"usual\",{\"name\":\"nopv\",\"guest\":"
                                     "\"xen_nopv\",\"only\":\"xen/hvm\"},{\"name\":\"some\",\"guest\":\"a=b\",\"only\":"
                                     "\"xen/hvm+emulated\"}],\"workloads\":[\"empty\"]");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), 0);
    assert_int_equal(s.variant_count, 3);
    assert_string_equal(s.variant[1].guest, "xen_nopv");
    assert_string_equal(s.variant[1].only, "xen/hvm");
    assert_true(suite_variant_takes(&s.variant[1], "pv") && suite_variant_takes(&s.variant[1], "emulated"));
    assert_true(suite_variant_is_for(&s.variant[2], hypervisor_find("xen"), "hvm"));
    assert_false(suite_variant_is_for(&s.variant[2], hypervisor_find("xen"), "pvh"));
    assert_true(suite_variant_takes(&s.variant[2], "emulated"));
    assert_false(suite_variant_takes(&s.variant[2], "pv"));
    assert_false(s.variant[1].is_for_xen || s.variant[1].is_for_kernel);
}

#define VCPUS(list) SUITE("\"vcpus\":" list ",\"workloads\":[\"empty\"]")

static void vcpus(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] = VCPUS("[16,1,2]"), none[] = SUITE("\"workloads\":[\"empty\"]");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), 0);
    assert_int_equal(s.vcpu_count, 3);
    assert_int_equal(s.vcpus[0], 16);
    assert_int_equal(s.vcpus[2], 2);
    assert_int_equal(suite_parse(&s, "f.json", none, strlen(none), &known, &e), 0);
    assert_int_equal(s.vcpu_count, 0);
}

/* What is asked for is encoded when the suite is read, so that no hour is spent on counting nothing. */
static void events_that_count_nothing(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] = SUITE("\"events\":[\"cycles:u\",\"cycles:H\"],\"workloads\":[\"empty\"]");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), -1);
    assert_non_null(strstr(e.text, "f.json: events[1]: cycles:H: can count nothing: "));
}

/* A suite may be somebody else's, and pvbench list shows what it says of itself. */
static void description_is_clean(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] = SUITE("\"description\":\"\\u001b]0;x\\u0007\\u202e\",\"workloads\":[\"empty\"]");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), 0);
    assert_string_equal(s.description, "?]0;x????");
}

static void good_suite(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] =
        SUITE("\"description\":\"d\",\"repeats\":3,\"timeout_s\":7,\"defaults\":{\"iterations\":50,\"warmup\":0},"
              "\"workloads\":[\"empty\",{\"name\":\"compute\",\"iterations\":9,\"warmup\":5,\"parameter\":8},"
              "{\"name\":\"compute\"}]");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), 0);
    assert_string_equal(s.name, "s");
    assert_string_equal(s.description, "d");
    assert_int_equal(s.repeats, 3);
    assert_int_equal(s.timeout_s, 7);
    assert_int_equal(s.mode_count, 2);
    assert_string_equal(s.modes[1], "hvm");
    assert_int_equal(s.workload_count, 3);
    assert_int_equal(s.workload[0].iterations, 50);
    assert_int_equal(s.workload[0].warmup, 0);
    assert_int_equal(s.workload[1].iterations, 9);
    assert_int_equal(s.workload[1].warmup, 5);
    assert_int_equal(s.workload[1].parameter, 8);
    assert_int_equal(s.workload[2].parameter, 0);
    assert_int_equal(strlen(s.sha256), 64);
}

static void defaults(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    static const char text[] = WORKLOADS("\"empty\"");
    assert_int_equal(suite_parse(&s, "f.json", text, strlen(text), &known, &e), 0);
    assert_int_equal(s.repeats, 1);
    assert_int_equal(s.timeout_s, 60);
    assert_int_equal(s.workload[0].iterations, 1000);
    assert_int_equal(s.workload[0].warmup, 10);
}

/* Each with what its one line must begin with, and a word of its mend. */
static void bad_suites(void **state)
{
    (void)state;
    static const struct {
        const char *text, *begins, *contains;
    } bad[] = {
        {"", "f.json:1:", "JSON"},
        {"{", "f.json:1:1: ", "JSON"},
        {"{\n \"a\": 1,,\n}", "f.json:2:", "JSON"},
        {"{} x", "f.json:1:", "JSON"},
        {"\xff", "f.json:1:", "JSON"},
        {"{\"schema\":\"pvbench.suite/1\",\"schema\":\"x\"}", "f.json:1:", "duplicate"},
        {"[]", "f.json: the whole: ", "object"},
        {"7", "f.json: the whole: ", "object"},
        {"{}", "f.json: schema: ", "add it"},
        {"{\"schema\":7}", "f.json: schema: ", "give a string"},
        {"{\"schema\":\"a\\n\\u001b[31m\"}", "f.json: schema: ", "a??[31m"},
        {"{\"schema\":\"pvbench.suite/2\"}", "f.json: schema: ", "pvbench.suite/1"},
        {SUITE("\"workload\":[\"empty\"]"), "f.json: workload: no such key", "workloads"},
        {SUITE("\"repeats\":1"), "f.json: workloads: is missing", "list"},
        {SUITE("\"workloads\":{}"), "f.json: workloads: ", "list"},
        {WORKLOADS(""), "f.json: workloads: ", "list"},
        {WORKLOADS("7"), "f.json: workloads[0]: is an integer", "name"},
        {WORKLOADS("\"nonesuch\""), "f.json: workloads[0]: \"nonesuch\"", "empty, compute"},
        {WORKLOADS("\"empty\",{\"name\":\"nonesuch\"}"), "f.json: workloads[1].name: ", "empty, compute"},
        {WORKLOADS("{\"iterations\":5}"), "f.json: workloads[0].name: ", "name"},
        {WORKLOADS("{\"name\":7}"), "f.json: workloads[0].name: ", "name"},
        {WORKLOADS("{\"name\":\"empty\",\"count\":5}"), "f.json: workloads[0].count: no such key", "iterations"},
        {WORKLOADS("{\"name\":\"empty\",\"iterations\":0}"), "f.json: workloads[0].iterations: is 0", "1 to"},
        {WORKLOADS("{\"name\":\"empty\",\"iterations\":-1}"), "f.json: workloads[0].iterations: is -1", "1 to"},
        {WORKLOADS("{\"name\":\"empty\",\"iterations\":262145}"), "f.json: workloads[0].iterations: ", "262144"},
        {WORKLOADS("{\"name\":\"empty\",\"iterations\":99999999999999999999}"), "f.json:1:", "big"},
        {WORKLOADS("{\"name\":\"empty\",\"iterations\":1.5}"), "f.json: workloads[0].iterations: is a fraction", "1"},
        {WORKLOADS("{\"name\":\"empty\",\"iterations\":\"5\"}"), "f.json: workloads[0].iterations: is a string", "1"},
        {WORKLOADS("{\"name\":\"empty\",\"warmup\":-1}"), "f.json: workloads[0].warmup: is -1", "0 to"},
        {WORKLOADS("{\"name\":\"empty\",\"parameter\":-1}"), "f.json: workloads[0].parameter: is -1", "0 to"},
        {GUESTS("7"), "f.json: guests[0]: is none", "neighbours"},
        {GUESTS(""), "f.json: guests: is not a list of 1 to", "one"},
        {GUESTS("\"one\",\"one\""), "f.json: guests[1]: ", "twice"},
        {GUESTS("{\"neighbours\":0}"), "f.json: guests[0]: its \"neighbours\"", "1 to 63"},
        {GUESTS("{\"neighbours\":64}"), "f.json: guests[0]: its \"neighbours\"", "1 to 63"},
        {GUESTS("{\"load\":\"empty\"}"), "f.json: guests[0]: its \"neighbours\"", "1 to 63"},
        {GUESTS("{\"neighbours\":1,\"load\":\"../x\"}"), "f.json: guests[0]: its \"load\"", "compute"},
        {GUESTS("{\"neighbours\":1,\"load\":\"nothing\"}"), "f.json: guests[0].load: \"nothing\"", "empty"},
        {GUESTS("{\"neighbours\":1,\"parameter\":3}"), "f.json: guests[0]: its \"parameter\"", "load"},
        {GUESTS("{\"neighbours\":1,\"nice\":20}"), "f.json: guests[0]: its \"nice\"", "1 to 19"},
        {GUESTS("{\"neighbours\":1,\"nice\":5}"), "f.json: guests[0]: its \"nice\"", "kvm alone"},
        {GUESTS("{\"neighbours\":1,\"mode\":\"pv\"}"), "f.json: guests[0]: has a key", "load"},
        {SUITE("\"carrier\":\"linux\",\"guests\":[\"one\"],\"workloads\":[\"empty\"]"), "f.json: guests: ", "Linux"},
        {SUITE("\"vcpus\":[2],\"devices\":[\"pv\"],\"workloads\":[\"empty\"]"),
         "f.json: vcpus: ", "a suite of its own"},
        {VCPUS("4"), "f.json: vcpus: is not a list", "1 to 16"},
        {VCPUS("[]"), "f.json: vcpus: is not a list", "1 to 16"},
        {VCPUS("[2,0]"), "f.json: vcpus[1]: is none", "1 to 16"},
        {VCPUS("[17]"), "f.json: vcpus[0]: is none", "1 to 16"},
        {VCPUS("[\"2\"]"), "f.json: vcpus[0]: is none", "1 to 16"},
        {VCPUS("[2,4,2]"), "f.json: vcpus[2]: 2 stands there twice", "take one out"},
        {VARIANTS("{\"name\":\"2guests\",\"xen\":\"\"}"), "f.json: variants[0]: its \"name\"", "a-z"},
        {VARIANTS("{\"name\":\"2vcpus\",\"xen\":\"\"}"), "f.json: variants[0]: its \"name\"", "a-z"},
        {VARIANTS("7"), "f.json: variants[0]: is none", "usual"},
        {VARIANTS("\"shipped\""), "f.json: variants[0]: is none", "usual"},
        {VARIANTS(""), "f.json: variants: is not a list of 1 to", "usual"},
        {VARIANTS("\"usual\",\"usual\""), "f.json: variants[1]: ", "twice"},
        {VARIANTS("{\"name\":\"a\",\"xen\":\"\"},{\"name\":\"a\",\"xen\":\"x\"}"), "f.json: variants[1]: ", "twice"},
        {VARIANTS("{\"xen\":\"xpti=on\"}"), "f.json: variants[0]: its \"name\"", "a-z"},
        {VARIANTS("{\"name\":\"pv\",\"xen\":\"xpti=on\"}"), "f.json: variants[0]: its \"name\"", "a-z"},
        {VARIANTS("{\"name\":\"a/b\",\"xen\":\"xpti=on\"}"), "f.json: variants[0]: its \"name\"", "a-z"},
        {VARIANTS("{\"name\":\"a\"}"), "f.json: variants[0]: says nothing", "usual"},
        {VARIANTS("{\"name\":\"a\",\"linux\":\"x\"}"), "f.json: variants[0]: has a key", "kernel"},
        {VARIANTS("{\"name\":\"a\",\"xen\":\"a\\\"b\"}"), "f.json: variants[0]: ", "letters"},
        {VARIANTS("{\"name\":\"a\",\"kernel\":\"a\\nb\"}"), "f.json: variants[0]: ", "letters"},
        {VARIANTS("{\"name\":\"a\",\"kernel\":7}"), "f.json: variants[0]: ", "letters"},
        {VARIANTS("{\"name\":\"a\",\"guest\":\"quiet\"}"), "f.json: variants[0]: ", "carrier"},
        {VARIANTS("{\"name\":\"a\",\"guest\":\"quiet\",\"xen\":\"\"}"), "f.json: variants[0]: ", "take one"},
        {VARIANTS("{\"name\":\"a\",\"xen\":\"\",\"only\":\"xen\"}"), "f.json: variants[0]: its \"only\"", "xen/hvm"},
        {VARIANTS("{\"name\":\"a\",\"xen\":\"\",\"only\":\"kvm/pvh\"}"), "f.json: variants[0]: its \"only\"",
         "xen/hvm"},
        {VARIANTS("{\"name\":\"a\",\"xen\":\"\",\"only\":\"xen/hvm+disks\"}"), "f.json: variants[0]: its \"only\"",
         "xen/hvm+emulated"},
        {VARIANTS("{\"name\":\"a\",\"xen\":\"\",\"only\":\"nobody/pv\"}"), "f.json: variants[0]: its \"only\"",
         "xen/hvm"},
        {WORKLOADS("\"empty\",\"empty\""), "f.json: workloads[1]: ", "twice"},
        {WORKLOADS("{\"name\":\"empty\",\"parameter\":3},{\"name\":\"empty\",\"parameter\":3}"),
         "f.json: workloads[1]: ", "workloads[0]"},
        {SUITE("\"defaults\":[],\"workloads\":[\"empty\"]"), "f.json: defaults: ", "object"},
        {SUITE("\"defaults\":{\"parameter\":1},\"workloads\":[\"empty\"]"), "f.json: defaults.parameter: ", "warmup"},
        {SUITE("\"defaults\":{\"iterations\":0},\"workloads\":[\"empty\"]"), "f.json: defaults.iterations: ", "1 to"},
        {SUITE("\"repeats\":0,\"workloads\":[\"empty\"]"), "f.json: repeats: is 0", "1 to 1000"},
        {SUITE("\"repeats\":1001,\"workloads\":[\"empty\"]"), "f.json: repeats: is 1001", "1 to 1000"},
        {SUITE("\"timeout_s\":0,\"workloads\":[\"empty\"]"), "f.json: timeout_s: is 0", "1 to"},
        {SUITE("\"timeout_s\":null,\"workloads\":[\"empty\"]"), "f.json: timeout_s: is null", "1 to"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"../x\"}", "f.json: name: ", "plain"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"\"}", "f.json: name: ", "plain"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"s\"}", "f.json: hypervisors: is missing", "minivisor"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"s\",\"hypervisors\":[]}", "f.json: hypervisors: ", "minivisor"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"s\",\"hypervisors\":[\"vmware\"]}",
         "f.json: hypervisors[0]: ", "minivisor"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"s\",\"hypervisors\":[\"minivisor\"],\"modes\":[\"pv\",\"xvm\"]}",
         "f.json: modes[1]: \"xvm\"", "pv, pvh, hvm"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"s\",\"hypervisors\":[\"minivisor\"],\"modes\":[\"pv\",\"pv\"]}",
         "f.json: modes[1]: ", "twice"},
        {SUITE("\"devices\":[\"pv\",\"real\"]"), "f.json: devices[1]: \"real\"", "pv, iothread, vhost, emulated"},
        {SUITE("\"devices\":[\"pv\",\"pv\"]"), "f.json: devices[1]: ", "twice"},
        {SUITE("\"devices\":\"pv\""), "f.json: devices: is not a list", "pv, iothread, vhost, emulated"},
        {"{\"schema\":\"pvbench.suite/1\",\"name\":\"s\",\"hypervisors\":[\"minivisor\"],\"modes\":[3]}",
         "f.json: modes[0]: is an integer", "pv, pvh, hvm"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct suite s;
        struct pvb_error e = {""};
        assert_int_equal(suite_parse(&s, "f.json", bad[i].text, strlen(bad[i].text), &known, &e), -1);
        if (strncmp(e.text, bad[i].begins, strlen(bad[i].begins)) != 0 || !strstr(e.text, bad[i].contains) ||
            strchr(e.text, '\n'))
            fail_msg("suite %zu: \"%s\" gives: %s", i, bad[i].text, e.text);
    }
}

static void too_many_workloads(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, HEAD "\"workloads\":[\"compute\"");
    for (unsigned i = 0; i < PVB_MAX_WORKLOADS; i++)
        fprintf(out, ",{\"name\":\"empty\",\"parameter\":%u}", i);
    fprintf(out, "]}");
    fclose(out);
    assert_int_equal(suite_parse(&s, "f.json", text, size, &known, &e), -1);
    assert_true(strstr(e.text, "64 are the most"));
    free(text);
}

/* The suites that are shipped must be good with any names. */
static void shipped_suite(void **state)
{
    (void)state;
    struct suite s;
    struct pvb_error e = {""};
    if (suite_load(&s, "workloads/suites/micro.json", NULL, &e))
        fail_msg("%s", e.text);
    assert_string_equal(s.name, "micro");
    assert_int_equal(suite_load(&s, "workloads/suites", NULL, &e), -1);
    assert_true(strstr(e.text, "directory"));
    assert_int_equal(suite_load(&s, "no/such/file.json", NULL, &e), -1);
    assert_true(strstr(e.text, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_suite),
        cmocka_unit_test(events_that_count_nothing),
        cmocka_unit_test(description_is_clean),
        cmocka_unit_test(defaults),
        cmocka_unit_test(bad_suites),
        cmocka_unit_test(too_many_workloads),
        cmocka_unit_test(shipped_suite),
        cmocka_unit_test(variants),
        cmocka_unit_test(variants_of_guests),
        cmocka_unit_test(vcpus),
        cmocka_unit_test(guests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
