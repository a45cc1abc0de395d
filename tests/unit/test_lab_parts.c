/* Whose the instructions are: the plugin's arguments, and its lines against a boot's workloads. */
#include "runner/common/files.h"
#include "runner/machine/lab_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct pvb_places places = {0x100000, 0x145000, 1ul << 39, 2ul << 39, 0x105000, 0x109b10};
static const struct image image = {.places = &places}, old_image;

static struct boot_order order_of(const struct image *i)
{
    return (struct boot_order){.setting = {"kvm", "lab", {{"bare", "hvm", 1}}, 1},
                               .hypervisor = &hypervisor_kvm,
                               .machine = &machine_lab,
                               .image = i,
                               .parts = true};
}

static void arguments(void **state)
{
    struct boot_order o = order_of(&image);
    char text[400];
    (void)state;
    lab_parts_arguments(&o, text, sizeof(text));
    assert_string_equal(text, "layout=linux,hvm=1,guest=100000-145000,guest=8000000000-10000000000,main=105000,"
                              "mark=109b10,out=parts.txt");
    o.hypervisor = &hypervisor_minivisor;
    o.setting.guest[0].mode = "pv";
    lab_parts_arguments(&o, text, sizeof(text));
    assert_non_null(strstr(text, "layout=minivisor,hvm=0,"));
    o.parts = false;
    lab_parts_arguments(&o, text, sizeof(text));
    assert_string_equal(text, "");
    o = order_of(&old_image);
    lab_parts_arguments(&o, text, sizeof(text));
    assert_string_equal(text, "");
}

/* A workload of two iterations that took `total`, and one that was not applicable. */
static const char *measures = "whole iteration";

static json_t *run_of(json_int_t cold, double mean)
{
    return json_pack("{s:[{s:s, s:s},{s:s, s:s, s:i, s:{s:i, s:f, s:s}, s:{s:{s:I}}, s:{}}]}", "benchmarks", "name",
                     "other", "status", "not_applicable", "name", "cpuid", "status", "ok", "iterations", 2, "cost",
                     "samples", 2, "mean", mean, "measures", measures, "cold", "cost", "value", cold, "unavailable");
}

/* What the workload says when the plugin has written this. The caller's. */
static json_t *told(const struct image *i, const char *text, json_int_t cold, double mean)
{
    char dir[] = "/tmp/pvbench-parts-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char *path = path_of("%s/parts.txt", dir);
    struct boot_order o = order_of(i);
    struct pvb_error e;
    o.dir = dir;
    if (text)
        assert_int_equal(write_new_file(path, text, strlen(text), &e), 0);
    json_t *run = run_of(cold, mean), *bench = json_incref(json_array_get(json_object_get(run, "benchmarks"), 1));
    lab_parts_tell(&o, run);
    assert_null(json_object_get(json_array_get(json_object_get(run, "benchmarks"), 0), "parts"));
    json_decref(run);
    unlink(path);
    rmdir(dir);
    free(path);
    return bench;
}

#define SEGMENT(spans, guest, hypervisor, halts)                                                                       \
    "segment spans=" spans " guest=" guest " hypervisor=" hypervisor " kernel=3 user=2 idle=1 halts=" halts            \
    " served=1 out=7 in=9\n"

static json_int_t number(const json_t *bench, const char *key)
{
    return json_integer_value(json_object_get(json_object_get(bench, "parts"), key));
}

static void parts_add_up(void **state)
{
    (void)state;
    json_t *b = told(&image, SEGMENT("1", "10", "4", "0") SEGMENT("2", "20", "14", "0") "end\n", 20, 20);
    assert_int_equal(number(b, "samples"), 2);
    assert_int_equal(number(b, "total"), 40);
    assert_int_equal(number(b, "guest"), 20);
    assert_int_equal(number(b, "hypervisor"), 14);
    assert_int_equal(number(b, "back_end_kernel"), 3);
    assert_int_equal(number(b, "back_end_user"), 2);
    assert_int_equal(number(b, "idle"), 1);
    assert_int_equal(number(b, "unattributed"), 0);
    assert_int_equal(number(json_object_get(b, "cold"), "total"), 20);
    json_decref(b);
}

/* What no instruction explains is time that stood still where a processor was halted, and nobody's where none was. */
static void what_is_left_over(void **state)
{
    (void)state;
    json_t *b = told(&image, SEGMENT("1", "10", "4", "0") SEGMENT("2", "20", "14", "1") "end\n", 25, 25);
    assert_int_equal(number(b, "idle"), 11);
    assert_int_equal(number(b, "unattributed"), 0);
    assert_int_equal(number(json_object_get(b, "cold"), "unattributed"), 5);
    json_decref(b);
    b = told(&image, SEGMENT("1", "10", "4", "9") SEGMENT("2", "20", "14", "9") "end\n", 19, 20);
    assert_int_equal(number(json_object_get(b, "cold"), "unattributed"), -1);
    json_decref(b);
}

/* A workload whose pages run out is measured in several chunks, each between two marks. */
static void chunks(void **state)
{
    (void)state;
    json_t *b = told(
        &image, SEGMENT("1", "10", "4", "0") SEGMENT("1", "10", "4", "0") SEGMENT("1", "12", "4", "0") "end\n", 20, 21);
    assert_int_equal(number(b, "guest"), 22);
    assert_int_equal(number(b, "back_end_kernel"), 6);
    assert_int_equal(number(b, "unattributed"), 0);
    json_decref(b);
}

static void none(const struct image *i, const char *text, const char *why)
{
    json_t *b = told(i, text, 20, 20);
    const char *said = json_string_value(json_object_get(json_object_get(b, "unavailable"), "parts"));
    assert_true(json_is_null(json_object_get(b, "parts")));
    assert_true(json_is_null(json_object_get(json_object_get(b, "cold"), "parts")));
    if (!said || !strstr(said, why))
        fail_msg("%s: said %s, not %s", text ? text : "no file", said ? said : "nothing", why);
    json_decref(b);
}

static void no_parts(void **state)
{
    (void)state;
    none(&image, NULL, "did not write");
    none(&image, SEGMENT("1", "10", "4", "0") SEGMENT("2", "20", "14", "0"), "did not write");
    none(&image, "segment spans=1\n", "did not write");
    none(&image, SEGMENT("1", "10", "4", "0") "end\n", "marks");
    none(&image, SEGMENT("1", "10", "4", "0") SEGMENT("3", "20", "14", "0") "end\n", "marks");
    none(&image, SEGMENT("1", "1", "4", "0") SEGMENT("2", "2", "14", "0") SEGMENT("1", "1", "4", "0") "end\n", "marks");
    none(&image, SEGMENT("0", "1", "4", "0") SEGMENT("0", "2", "14", "0") "end\n", "begin with no operation");
    none(&old_image, NULL, "build it again");
    measures = "from the timer on";
    none(&image, SEGMENT("1", "10", "4", "0") SEGMENT("2", "21", "14", "0") "end\n", "begin with no operation");
    json_t *b = told(&image, SEGMENT("1", "10", "4", "0") SEGMENT("2", "20", "14", "0") "end\n", 20, 20);
    assert_int_equal(number(b, "total"), 40);
    json_decref(b);
    measures = "whole iteration";
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(arguments), cmocka_unit_test(parts_add_up),
                                       cmocka_unit_test(what_is_left_over), cmocka_unit_test(chunks),
                                       cmocka_unit_test(no_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
