/* Explanations as they are shown: what is checked of a file, rows, stacks, and what changed. */
#include "common/memory.h"
#include "reports/explain/explain_lines.h"
#include "reports/explain/flame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Ten operations; `nodes` are of the steady region, and sum up to `sum`. */
#define DOCUMENT(functions, sum, nodes)                                                                                \
    "{\"schema\":\"pvbench.explanation/1\",\"suite\":{\"name\":\"micro\"},\"runs\":[{\"setting\":\"xen/pv@lab\","      \
    "\"functions\":[" functions "],\"benchmarks\":[{\"name\":\"pte_update\",\"iterations\":5,"                         \
    "\"ops_per_iteration\":2,\"cold\":{\"instructions\":0,\"nodes\":[]},"                                              \
    "\"steady\":{\"instructions\":" sum ",\"total\":" sum ",\"nodes\":[" nodes "]}}]}]}"

#define FUNCTIONS "[\"guest\",\"op\"],[\"xen\",\"do_mmu_update\"],[\"xen\",\"arch/x86/mm.c#mod_l1_entry.isra.0\"]"

/* op calls the hypervisor, which calls mod_l1_entry, which calls itself once. */
static const char plain[] = DOCUMENT(FUNCTIONS, "1000", "-1,0,100,10,0,-1,1,500,10,0,1,2,300,10,0,2,2,100,10,0");

static struct explanation parsed(const char *text)
{
    struct explanation x;
    struct report_error e = {""};
    if (explain_parse(&x, "x.explain.json", text, strlen(text), &e))
        fail_msg("%s", e.text);
    return x;
}

static void rows(void **state)
{
    (void)state;
    struct explanation x = parsed(plain);
    size_t count;
    struct explain_row *row = explain_rows(&x.run[0], &x.run[0].bench[0].region[EXPLAIN_STEADY], &count);
    assert_int_equal(count, 3);
    assert_string_equal(x.run[0].function[row[0].function].name, "do_mmu_update");
    assert_int_equal(row[0].with_callees, 900);
    assert_string_equal(x.run[0].function[row[1].function].name, "mod_l1_entry.isra.0");
    assert_int_equal(row[1].self, 400);
    assert_int_equal(row[1].with_callees, 400); /* once, though it is below itself */
    assert_int_equal(row[1].entered, 20);
    assert_int_equal(row[1].caller, row[0].function);
    assert_int_equal(row[2].caller, row[2].function);
    free(row);
    explain_free(&x);
}

static char *shown(void (*how)(const struct explanation *, const struct explain_choice *, FILE *),
                   const struct explanation *x)
{
    const struct explain_choice all = {.least = 0};
    char *text;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    how(x, &all, out);
    fclose(out);
    return text;
}

static void formats(void **state)
{
    (void)state;
    struct explanation x = parsed(plain);
    char *text = shown(explain_folded, &x);
    assert_string_equal(text, "xen/pv@lab;pte_update;guest`op 100\n"
                              "xen/pv@lab;pte_update;xen`do_mmu_update 500\n"
                              "xen/pv@lab;pte_update;xen`do_mmu_update;xen`mod_l1_entry.isra.0 300\n"
                              "xen/pv@lab;pte_update;xen`do_mmu_update;xen`mod_l1_entry.isra.0;xen`mod_l1_entry.isra.0 "
                              "100\n");
    free(text);
    text = shown(explain_callgrind, &x);
    assert_non_null(strstr(text, "summary: 1000\n"));
    assert_non_null(strstr(text, "ob=xen\nfn=do_mmu_update\n0 500\n"));
    assert_non_null(strstr(text, "cob=xen\ncfn=mod_l1_entry.isra.0\ncalls=10 0\n0 400\n"));
    free(text);
    text = shown(explain_text, &x);
    assert_non_null(strstr(text, "pte_update on xen/pv@lab: 100 instructions an operation"));
    free(text);
    text = shown(explain_sums, &x);
    assert_non_null(strstr(text, "0.000 %"));
    free(text);
    explain_free(&x);
}

/* What is in it, tests/system/explain.py reads. */
static void packed(void **state)
{
    (void)state;
    struct explanation x = parsed(plain);
    const struct explain_choice all = {.least = 0};
    char *bytes[2];
    size_t size[2];
    for (unsigned i = 0; i < 2; i++) {
        FILE *out = memory_stream(&bytes[i], &size[i]);
        explain_pprof(&x, &all, out);
        fclose(out);
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]); /* no time of day */
    assert_memory_equal(bytes[0], "\x1f\x8b\x08\0\0\0\0\0", 8);
    free(bytes[0]);
    free(bytes[1]);
    explain_free(&x);
}

static char *changed(const char *now, void (*how)(const struct explanation *, const struct explanation *,
                                                  const struct explain_choice *, FILE *))
{
    struct explanation base = parsed(plain), x = parsed(now);
    const struct explain_choice all = {.least = 0};
    char *text;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    how(&x, &base, &all, out);
    fclose(out);
    explain_free(&x);
    explain_free(&base);
    return text;
}

static char *against(const char *now)
{
    return changed(now, explain_against);
}

static void has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in: %s", wanted, text);
}

/* The compiler has made another copy of one function; one is new. */
static void what_changed(void **state)
{
    (void)state;
    char *text = against(DOCUMENT("[\"guest\",\"op\"],[\"xen\",\"do_mmu_update\"],[\"xen\",\"mod_l1_entry\"],"
                                  "[\"xen\",\"check\"]",
                                  "940", "-1,0,100,10,0,-1,1,440,10,0,1,2,380,10,0,1,3,20,10,0"));
    has(text, "pte_update on xen/pv@lab: -6 instructions an operation (94, was 100)");
    has(text, "-6      50   44  do_mmu_update  xen");
    has(text, "-2      40   38  mod_l1_entry   xen  entered 1 times, was 2");
    has(text, "+2       0    2  check          xen  new; perhaps split off do_mmu_update (-6)");
    assert_null(strstr(text, "isra"));
    assert_null(strstr(text, "op  "));
    free(text);
    text = against(plain);
    has(text, "pte_update on xen/pv@lab: the same in every function");
    free(text);
}

/* One guest against another one, by its key, with its machine or without. */
static void between_settings(void **state)
{
    static const char *const keys[] = {"xen/pv", "xen/pv@lab", "xen/p", "kvm/pv"};
    struct explanation base = parsed(plain), x = parsed(plain);
    (void)state;
    x.run[0].setting = "xen/pvh@lab";
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct explain_choice all = {.before = keys[i]};
        const struct explain_run *run = NULL;
        assert_int_equal(explain_find_before(&base, &all, &x.run[0], "pte_update", &run) != NULL, i < 2);
        assert_true(i >= 2 || run == &base.run[0]);
    }
    explain_free(&x);
    explain_free(&base);
}

/* A function is gone, and its caller has grown. */
static void what_is_gone(void **state)
{
    (void)state;
    char *text = against(DOCUMENT(FUNCTIONS, "980", "-1,0,100,10,0,-1,1,880,10,0"));
    has(text, "-2 instructions an operation");
    has(text, "mod_l1_entry.isra.0  xen  gone; perhaps inlined into do_mmu_update (+38)");
    free(text);
}

/* Twice as many operations as in the other: check is new, the inner mod_l1_entry is gone. */
static const char twice[] =
    "{\"schema\":\"pvbench.explanation/1\",\"runs\":[{\"setting\":\"xen/pv@lab\",\"functions\":[[\"guest\",\"op\"],"
    "[\"xen\",\"do_mmu_update\"],[\"xen\",\"mod_l1_entry\"],[\"xen\",\"check\"]],\"benchmarks\":[{\"name\":\"pte_"
    "update\","
    "\"iterations\":10,\"ops_per_iteration\":2,\"cold\":{\"instructions\":0,\"nodes\":[]},\"steady\":{\"instructions\":"
    "1900,"
    "\"nodes\":[-1,0,200,20,0,-1,1,1000,20,0,1,2,640,20,0,1,3,60,20,0]}}]}]}";

static void stacks_have_both_numbers(void **state)
{
    (void)state;
    char *text = changed(twice, explain_changed_folded);
    assert_string_equal(text,
                        "xen/pv@lab;pte_update;guest`op 200 200\n"
                        "xen/pv@lab;pte_update;xen`do_mmu_update 1000 1000\n"
                        "xen/pv@lab;pte_update;xen`do_mmu_update;xen`mod_l1_entry 600 640\n"
                        "xen/pv@lab;pte_update;xen`do_mmu_update;xen`check 0 60\n"
                        "xen/pv@lab;pte_update;xen`do_mmu_update;xen`mod_l1_entry;xen`mod_l1_entry.isra.0 200 0\n");
    free(text);
}

/* Red and blue are also said in words; what is gone is as wide as it was: 10 of 10 + 50 + 32 + 10 + 3. */
static void flame_graphs_of_a_change(void **state)
{
    (void)state;
    char *text = changed(twice, explain_changed_html);
    has(text, "pte_update<small>xen/pv@lab -5 (95, was 100)</small>");
    has(text, "<svg class=\"fr same\" x=\"0.000%\" y=\"0\" width=\"9.524%\" height=\"17\"><title>op (guest): 10, was "
              "10; itself "
              "10, was 10</title>");
    has(text, "<title>mod_l1_entry +2 (xen): 32, was 40; itself 32, was 30</title>");
    has(text, "<svg class=\"fr more2 new\"");
    has(text, "<text x=\"3\" y=\"13\">check new +3</text>");
    has(text, "<svg class=\"fr less3 gone\" x=\"9.524%\" y=\"36\" width=\"9.524%\" "
              "height=\"17\"><title>mod_l1_entry.isra.0 gone "
              "-10 (xen): 0, was 10; itself 0, was 10</title>");
    has(text, "aria-label=\"Differential flame graph of pte_update on xen/pv@lab\"");
    free(text);
    text = changed(plain, explain_changed_html);
    has(text, "xen/pv@lab as before");
    assert_null(strstr(text, "<svg"));
    free(text);
}

static void flame_graphs(void **state)
{
    (void)state;
    struct explanation x = parsed(plain);
    char *text = shown(explain_html, &x);
    has(text, "<details class=\"workload flames\" id=\"f-pte_update\">");
    has(text, "<svg class=\"fr h\" x=\"10.000%\" y=\"0\" width=\"90.000%\" height=\"17\"><title>do_mmu_update (xen): "
              "90, itself "
              "50</title>");
    has(text, "y=\"36\" width=\"10.000%\"");
    free(text);
    explain_free(&x);
}

/* A page has no more than 10,000 frames: the narrowest of all its pictures are left out. */
static void a_page_stays_small(void **state)
{
    enum { FRAMES = 30000, WIDE = 500 };
    (void)state;
    struct flame f = {.frame = NULL};
    struct flame_page page = {.share = NULL};
    flame_open(&f, FRAMES);
    for (unsigned i = 0; i < FRAMES; i++)
        flame_add(&f, (int)i - 1, 1);
    flame_sum(&f);
    assert_true(f.whole == FRAMES && f.frame[FRAMES - 1].all == 1);
    flame_page_count(&page, &f);
    const double narrow = flame_page_narrow(&page);
    assert_true(narrow > 0.66 && narrow < 0.67);
    flame_free(&f);
    flame_open(&f, WIDE);
    for (unsigned i = 0; i < WIDE; i++)
        flame_add(&f, -1, 1);
    flame_sum(&f);
    flame_page_count(&page, &f);
    assert_true(flame_page_narrow(&page) == 0.001);
    flame_free(&f);
}

static void names_of_builds(void **state)
{
    (void)state;
    const struct explain_function plain_name = {"xen", "mod_l1_entry"}, copy = {"xen", "mod_l1_entry.isra.0"},
                                  other = {"kernel", "mod_l1_entry"}, longer = {"xen", "mod_l1_entry_all"};
    assert_true(explain_is_same(&plain_name, &copy));
    assert_false(explain_is_same(&plain_name, &other));
    assert_true(explain_order(&plain_name, &longer) < 0 && explain_order(&longer, &copy) > 0);
    assert_int_equal(explain_whose("kvm_amd"), EXPLAIN_HYPERVISOR);
    assert_int_equal(explain_whose("hypervisor"), EXPLAIN_HYPERVISOR);
    assert_int_equal(explain_whose("ext4"), EXPLAIN_KERNEL);
}

/* Of two operations each, one iteration asked for 20 instructions more. */
static const char uneven[] =
    "{\"schema\":\"pvbench.explanation/1\",\"runs\":[{\"setting\":\"xen/pv@lab\",\"functions\":[" FUNCTIONS "],"
    "\"benchmarks\":[{\"name\":\"pte_update\",\"iterations\":5,\"ops_per_iteration\":2,\"cold\":{\"instructions\":"
    "0,\"nodes\":[]},\"steady\":{\"instructions\":520,\"nodes\":[-1,1,500,10,0,0,2,20,1,0],\"shortest\":{"
    "\"instructions\":100,\"nodes\":[-1,1,100,2,0]},\"longest\":{\"instructions\":120,\"nodes\":[-1,1,100,2,0,0,2,20,1,"
    "0]}}}]"
    "}]"
    "}";

static void why_iterations_differ(void **state)
{
    (void)state;
    struct explanation x = parsed(uneven);
    char *text = shown(explain_spread, &x);
    has(text, "pte_update on xen/pv@lab: from 50 to 60 instructions an operation");
    has(text, "mod_l1_entry.isra.0  xen  not in the shortest");
    free(text);
    explain_free(&x);
    x = parsed(plain);
    text = shown(explain_spread, &x);
    assert_string_equal(text, "");
    free(text);
    explain_free(&x);
}

/* Four hypercalls, of which two were made beside another entry; the longest maps, and so has a function more. The last
 * function was reached by none of the two. */
#define ENTRIES(functions)                                                                                             \
    "{\"schema\":\"pvbench.explanation/1\",\"runs\":[{\"setting\":\"xen/pv@lab\",\"functions\":[" functions            \
    ",[\"entry\",\"hypercall mmu_update\"],[\"entry\",\"emulate cpuid\"],[\"xen\",\"check\"]],\"benchmarks\":["        \
    "{\"name\":\"pte_update\",\"iterations\":2,\"ops_per_iteration\":1,\"cold\":{\"instructions\":0,\"nodes\":[]},"    \
    "\"steady\":{\"instructions\":250,\"nodes\":[-1,0,20,2,2,-1,3,0,2,0,1,1,210,2,0,2,2,20,1,0],"                      \
    "\"entries\":[{\"kind\":3,\"count\":2,\"least\":{\"instructions\":100,\"functions\":[1]},"                         \
    "\"most\":{\"instructions\":130,\"functions\":[2,1]}}]}},"                                                         \
    "{\"name\":\"both\",\"iterations\":2,\"ops_per_iteration\":1,\"cold\":{\"instructions\":0,\"nodes\":[]},"          \
    "\"steady\":{\"instructions\":247,\"nodes\":[-1,0,20,2,4,-1,3,0,2,0,1,1,200,2,0,2,5,7,1,0,-1,4,0,2,0,4,5,20,2,0]," \
    "\"entries\":[{\"kind\":3,\"count\":2,\"least\":{\"instructions\":90,\"functions\":[1]},"                          \
    "\"most\":{\"instructions\":117,\"functions\":[1]}},"                                                              \
    "{\"kind\":4,\"count\":2,\"least\":{\"instructions\":10,\"functions\":[5]},"                                       \
    "\"most\":{\"instructions\":10,\"functions\":[5]}}]}}]}]}"
static const char entries[] = ENTRIES(FUNCTIONS);

static void paths_of_kinds(void **state)
{
    (void)state;
    struct explanation x = parsed(entries);
    char *text = shown(explain_paths, &x);
    assert_string_equal(
        text, "hypercall mmu_update on xen/pv@lab: from 90 (both) to 130 instructions (pte_update), of 4 times\n"
              "    reached by both, 1: do_mmu_update\n"
              "    by the longest, not the shortest, 1: mod_l1_entry.isra.0\n"
              "    by others alone, 1: check\n\n"
              "emulate cpuid on xen/pv@lab: 10 instructions, each time of 2\n"
              "    reached by both, 1: check\n\n");
    free(text);
    explain_free(&x);
    x = parsed(plain);
    text = shown(explain_paths, &x);
    has(text, "no entry is told of");
    free(text);
    explain_free(&x);
}

/* What is executed for an entry stands below it, in stacks and in what is said of callers. */
static void entries_are_roots(void **state)
{
    (void)state;
    struct explanation x = parsed(entries);
    char *text = shown(explain_folded, &x);
    has(text, "xen/pv@lab;pte_update;entry`hypercall mmu_update;xen`do_mmu_update 210\n");
    assert_null(strstr(text, "emulate cpuid 0"));
    free(text);
    text = shown(explain_text, &x);
    has(text, "do_mmu_update        xen    hypercall mmu_update");
    free(text);
    explain_free(&x);
}

static void refused(const char *text, const char *why)
{
    struct explanation x;
    struct report_error e = {""};
    assert_int_equal(explain_parse(&x, "x.explain.json", text, strlen(text), &e), -1);
    has(e.text, why);
    has(e.text, "x.explain.json: ");
}

static void damaged(void **state)
{
    (void)state;
    refused("{", "line 1");
    refused("{\"schema\":\"pvbench.result/1\"}", "schema: is not pvbench.explanation/1");
    refused(DOCUMENT(FUNCTIONS, "1000", "-1,0,100,10,0"), "do not sum up");
    refused(DOCUMENT(FUNCTIONS, "100", "0,0,100,10,0"), "runs[0].benchmarks[0].steady: a node has a parent");
    refused(DOCUMENT(FUNCTIONS, "100", "-1,3,100,10,0"), "a node has a parent or a function that is not there");
    refused(DOCUMENT(FUNCTIONS, "100", "-1,0,100"), "five numbers");
    refused(DOCUMENT(FUNCTIONS, "100", "-1,0,100.5,1,0"), "five numbers");
    refused("{\"schema\":\"pvbench.explanation/1\",\"runs\":[{\"setting\":\"xen\\u0085/pv\",\"functions\":[],"
            "\"benchmarks\":[]}]}",
            "runs[0]: its setting cannot be shown");
    refused(ENTRIES("[\"guest\",\"op\"]"), "a node has a parent or a function that is not there");
    refused(DOCUMENT(FUNCTIONS, "0", "],\"entries\":[{\"kind\":3,\"count\":1}"),
            "an entry is of a kind that is not there");
    refused(DOCUMENT(FUNCTIONS, "0", "],\"entries\":[{\"kind\":2,\"count\":0}"), "count");
    refused(DOCUMENT(FUNCTIONS, "0", "],\"entries\":[{\"kind\":2,\"count\":1}"), "instructions");
    refused(DOCUMENT(FUNCTIONS, "0",
                     "],\"entries\":[{\"kind\":2,\"count\":1,\"least\":{\"instructions\":1,\"functions\":[-1]}}"),
            "an entry reaches a function that is not there");
    refused(DOCUMENT("[\"guest\"]", "100", "-1,0,100,10,0"), "no owner and name");
    refused(DOCUMENT("[\"guest\",\"\\u001b[2J\"]", "100", "-1,0,100,10,0"), "no owner and name");
}

#define CODE(list) DOCUMENT(FUNCTIONS, "1000", "-1,1,1000,10,0],\"code\":[" list)

static void code_is_read(void **state)
{
    (void)state;
    struct explanation x = parsed(CODE("[1,\"ffff82d040200010\",0,10,4,30],[2,\"10\",1,2]"));
    const struct explain_region *r = &x.run[0].bench[0].region[EXPLAIN_STEADY];
    assert_int_equal(r->codes, 3);
    assert_true(r->code[1].start == 0xffff82d040200010 && r->code[1].address == 0xffff82d040200014);
    assert_int_equal(r->code[1].count, 30);
    assert_int_equal(r->code[2].function, 2);
    assert_true(r->code[2].address == 0x11);
    assert_null(explain_lines_at(x.run[0].lines, 0x11)); /* no file was read */
    char *text = shown(explain_by_line, &x);
    has(text, "of no line that is known");
    free(text);
    explain_free(&x);
    refused(CODE("[3,\"10\",0,1]"), "code is not a function");
    refused(CODE("[0,\"xyz\",0,1]"), "code is not a function");
    refused(CODE("[0,\"10\",0]"), "code is not a function");
    refused(CODE("[0,\"10\",-1,1]"), "an instruction is not two numbers");
    refused(CODE("[0,\"10\",0,1001]"), "executed more often than");
    refused(CODE("[0,\"10\",0,9223372036854775807,1,9223372036854775807,1,9223372036854775807]"),
            "executed more often than");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(formats),
        cmocka_unit_test(packed),
        cmocka_unit_test(what_changed),
        cmocka_unit_test(between_settings),
        cmocka_unit_test(what_is_gone),
        cmocka_unit_test(damaged),
        cmocka_unit_test(why_iterations_differ),
        cmocka_unit_test(stacks_have_both_numbers),
        cmocka_unit_test(flame_graphs_of_a_change),
        cmocka_unit_test(flame_graphs),
        cmocka_unit_test(a_page_stays_small),
        cmocka_unit_test(names_of_builds),
        cmocka_unit_test(paths_of_kinds),
        cmocka_unit_test(entries_are_roots),
        cmocka_unit_test(code_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
