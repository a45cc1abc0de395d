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
    assert_string_equal(text, "layout=linux,hvm=1,linux=0,guest=100000-145000,guest=8000000000-10000000000,main=105000,"
                              "mark=109b10,out=parts.txt");
    o.hypervisor = &hypervisor_minivisor;
    o.setting.guest[0].mode = "pv";
    lab_parts_arguments(&o, text, sizeof(text));
    assert_non_null(strstr(text, "layout=minivisor,hvm=0,"));
    o.setting.guest[0].carrier = "linux";
    lab_parts_arguments(&o, text, sizeof(text));
    assert_non_null(strstr(text, "layout=minivisor,hvm=0,linux=1,"));
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
    lab_parts_tell(&o, NULL, run);
    assert_null(json_object_get(json_array_get(json_object_get(run, "benchmarks"), 0), "parts"));
    json_decref(run);
    unlink(path);
    rmdir(dir);
    free(path);
    return bench;
}

#define SEGMENT(spans, guest, hypervisor, halts)                                                                       \
    "segment spans=" spans " guest=" guest " guest_kernel=0 hypervisor=" hypervisor                                    \
    " kernel=3 user=2 idle=1 halts=" halts " served=1 out=7 in=9\n"

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

/* The kernel of a guest that is Linux is the guest's, and told apart; its start has no marks. */
static void of_linux(void **state)
{
    (void)state;
    json_t *b =
        told(&image,
             "segment spans=1 guest=4 guest_kernel=5 hypervisor=1 kernel=0 user=0 idle=0 halts=0 served=0 out=0 in=0\n"
             "segment spans=2 guest=8 guest_kernel=9 hypervisor=3 kernel=0 user=0 idle=0 halts=0 served=0 out=0 in=0\n"
             "end\n",
             10, 10);
    assert_int_equal(number(b, "guest"), 17);
    assert_int_equal(number(b, "guest_kernel"), 9);
    assert_int_equal(number(b, "unattributed"), 0);
    assert_int_equal(number(json_object_get(b, "cold"), "guest_kernel"), 5);
    json_decref(b);
    measures = "since the start";
    none(&image, "end\n", "begin with no operation");
    measures = "whole iteration";
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

#define NODES "node 0 0 guest 0 0\nnode 1 1 hypervisor 0 0\nnode 2 2 kernel 0 0\nnode 3 3 user 0 0\n"

static json_t *explained(const char *profile)
{
    char dir[] = "/tmp/pvbench-parts-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char *parts = path_of("%s/parts.txt", dir), *path = path_of("%s/profile.txt", dir);
    struct identity id = {.path = NULL};
    struct boot_order o = order_of(&image);
    struct pvb_error e;
    const char *text = SEGMENT("1", "10", "4", "0") SEGMENT("2", "20", "14", "0") "end\n";
    o.hypervisor = &hypervisor_minivisor;
    o.identity = &id;
    o.explain = true;
    o.dir = dir;
    assert_int_equal(write_new_file(parts, text, strlen(text), &e), 0);
    if (profile)
        assert_int_equal(write_new_file(path, profile, strlen(profile), &e), 0);
    json_t *run = run_of(20, 20);
    lab_parts_tell(&o, NULL, run);
    json_t *explanation = json_incref(json_object_get(run, "explanation"));
    json_decref(run);
    unlink(parts);
    unlink(path);
    rmdir(dir);
    free(parts);
    free(path);
    return explanation;
}

/* What KVM's probes have said stays; of others a host says that it does not know, if it was asked. */
static void on_a_host(void **state)
{
    struct boot_order o = order_of(&image);
    json_t *run = run_of(3, 4), *bench = json_array_get(json_object_get(run, "benchmarks"), 1);
    (void)state;
    o.parts = false;
    machine_host.tell_parts(&o, NULL, run);
    assert_null(json_object_get(bench, "parts"));
    o.parts = true;
    machine_host.tell_parts(&o, NULL, run);
    assert_null(json_object_get(json_array_get(json_object_get(run, "benchmarks"), 0), "parts"));
    assert_true(json_is_null(json_object_get(bench, "parts")));
    assert_true(json_is_null(json_object_get(json_object_get(bench, "cold"), "parts")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(bench, "unavailable"), "parts")),
                        "whose the time is, a host tells of KVM's guests alone");
    json_object_set_new(bench, "parts", json_pack("{s:i}", "total", 7));
    machine_host.tell_parts(&o, NULL, run);
    assert_int_equal(number(bench, "total"), 7);
    json_decref(run);
}

/* Node 4 is called from the guest's code; the second segment knows it already. */
static void functions(void **state)
{
    (void)state;
    json_t *x = explained(
        "segment 1\n" NODES "node 4 0 guest 2000 1000\nat 0 none\n1000 10\nat 4 none\n2000 4\n2003 6\n"
        "segment 2\nat 4 none\n2000 30\nat 4 cpuid\nleft 2003 2\nat 1 cpuid\nffff 9\nshortest 19\nat 4 none\n2000 19\n"
        "longest 20\nat 0 none\n1000 20\nleast cpuid 4\nat 1 cpuid\nffff 4\nmost cpuid 5\nat 1 cpuid\nffff 5\nend\n");
    json_t *bench = json_array_get(json_object_get(x, "benchmarks"), 0), *cold = json_object_get(bench, "cold"),
           *steady = json_object_get(bench, "steady");
    assert_string_equal(json_string_value(json_object_get(bench, "name")), "cpuid");
    assert_int_equal(json_integer_value(json_object_get(cold, "instructions")), 20);
    assert_int_equal(json_integer_value(json_object_get(cold, "total")), 20);
    assert_int_equal(json_integer_value(json_object_get(steady, "instructions")), 39);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(steady, "shortest"), "instructions")), 19);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(steady, "longest"), "instructions")), 20);
    assert_null(json_object_get(cold, "longest"));
    assert_int_equal(json_array_size(json_object_get(x, "functions")), 3);
    json_t *entry = json_array_get(json_object_get(steady, "entries"), 0), *kind = json_object_get(entry, "kind"),
           *name = json_array_get(json_object_get(x, "functions"), (size_t)json_integer_value(kind));
    assert_int_equal(json_integer_value(json_object_get(entry, "count")), 2);
    assert_string_equal(json_string_value(json_array_get(name, 0)), "entry");
    assert_string_equal(json_string_value(json_array_get(name, 1)), "exit CPUID");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(entry, "least"), "instructions")), 4);
    assert_int_equal(json_array_size(json_object_get(json_object_get(entry, "most"), "functions")), 1);
    assert_int_equal(json_array_size(json_object_get(cold, "entries")), 0);
    json_decref(x);
}

static void no_functions(void **state)
{
    static const char *const damaged[] = {
        NULL,
        "",
        "segment 1\nat 7 none\n1000 1\nsegment 2\nend\n",
        "segment 1\n" NODES "at 0 what\n1000 1\nsegment 2\nend\n",
        "segment 1\n" NODES "at 0 call64\n1000 1\nsegment 2\nend\n",
        "segment 1\n" NODES "most cpuid\nsegment 2\nend\n",
        "segment 1\n" NODES "more cpuid 1\nsegment 2\nend\n",
        "segment 1\n" NODES "at 0 none\nwhat\nsegment 2\nend\n",
        "segment 1\n" NODES "longest\nat 0 none\n1 1\nsegment 2\nend\n",
        "segment 1\nnode 1 0 guest 0 0\nsegment 2\nend\n",
        "segment 1\nnode 0 9 guest 0 0\nsegment 2\nend\n",
        "segment 1\n" NODES "segment 2\nat 0 none\n1000 1\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
        json_t *x = explained(damaged[i]);
        assert_non_null(json_string_value(json_object_get(x, "unavailable")));
        json_decref(x);
    }
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments),         cmocka_unit_test(of_linux),  cmocka_unit_test(parts_add_up),
        cmocka_unit_test(what_is_left_over), cmocka_unit_test(chunks),    cmocka_unit_test(no_parts),
        cmocka_unit_test(on_a_host),         cmocka_unit_test(functions), cmocka_unit_test(no_functions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
