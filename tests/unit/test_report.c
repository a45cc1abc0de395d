/* test_report.c: the reports' parts by themselves: numbers, reader, model, table, footnotes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/figure/figure_stack.h"
#include "reports/common/number.h"
#include "reports/report.h"
#include "reports/print/report_print.h"
#include "reports/common/wrap.h"

#include <math.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MICRO        "tests/fixtures/result-micro.json"
#define MIXED        "tests/fixtures/result-mixed.json"
#define FULL         "tests/fixtures/result-full.json"
#define IO           "tests/fixtures/result-io.json"
#define FIRST_DOMAIN "tests/fixtures/fuzz/result/first-domain.json"

static void is_cost(double value, bool exact, const char *expected)
{
    char text[NUMBER_SIZE];
    number_cost(text, value, exact);
    assert_string_equal(text, expected);
}

static void costs_have_few_digits(void **state)
{
    (void)state;
    is_cost(0, true, "0");
    is_cost(815, true, "815");
    is_cost(99999, true, "99999");
    is_cost(100000, true, "100k");
    is_cost(1234567, true, "1.235M");
    is_cost(5659.0 / 32, true, "176.8");
    is_cost(32785.0 / 8192, true, "4.002");
    is_cost(-3, true, "-3");
    is_cost(-0.5, true, "-0.5");
    is_cost(0.00012345, true, "0.0001234");
    is_cost(999999.9, true, "1M");
    is_cost(1e18, true, "1E");
    is_cost(1e300, true, "1e+300");
    is_cost(1726.4, false, "1726");
    is_cost(17263, false, "17.26k");
    is_cost(12, false, "12");
}

static void is_entries(double value, const char *expected)
{
    char text[NUMBER_SIZE];
    number_entries(text, value);
    assert_string_equal(text, expected);
}

static void entries_are_never_nothing_for_something(void **state)
{
    (void)state;
    is_entries(0, "0");
    is_entries(2, "2");
    is_entries(1.0 / 32, ".03");
    is_entries(1.5, "1.5");
    is_entries(1.005, "1.005");
    is_entries(1.9999, "1.9999");
    is_entries(0.0004, ".0004");
    is_entries(0.999, ".999");
    is_entries(1e-9, "1e-09");
    is_entries(123456, "123.5k");
}

static void ratios_have_three_digits(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{1, "1.00"}, {0.6927, "0.693"}, {15.2, "15.2"}, {123.4, "123"}, {0.0123, "0.0123"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[NUMBER_SIZE];
        number_ratio(text, cases[i].value);
        assert_string_equal(text, cases[i].text);
    }
}

static void text_cannot_command_a_terminal(void **state)
{
    char text[] = "a\033[31mb\tc\xc2\x9b"
                  "d\xe2\x80\xae"
                  "e\x7f – ×";
    (void)state;
    text_clean(text);
    assert_string_equal(text, "a?[31mb?c??d???e? – ×");
    assert_int_equal(text_width("é–×a"), 4);
    assert_true(text_is_name("0x3f8") && text_is_name("null_hypercall"));
    assert_false(text_is_name("") || text_is_name("../x") || text_is_name("-x") || text_is_name("a b"));
}

struct loaded {
    struct result result;
    struct model model;
};

static void load(struct loaded *l, const char *path)
{
    struct report_error e = {""};
    if (result_load(&l->result, path, &e) || model_make(&l->model, &l->result, NULL, path, &e))
        fail_msg("%s", e.text);
}

static void unload(struct loaded *l)
{
    model_free(&l->model);
    result_free(&l->result);
}

static struct model_cell *cell_named(const struct model *m, const char *label, unsigned column)
{
    for (size_t row = 0; row < m->rows; row++)
        if (strcmp(m->row[row].label, label) == 0)
            return model_at(m, row, column);
    fail_msg("no row %s", label);
    return NULL;
}

static void the_model_divides_by_operations(void **state)
{
    struct loaded l;
    (void)state;
    load(&l, MICRO);
    assert_int_equal(l.model.columns, 2);
    assert_int_equal(l.model.groups, 1);
    assert_int_equal(l.model.rows, 22);
    const struct model_cell *batch = cell_named(&l.model, "pte_update_batch", 0);
    assert_true(batch->cost == 5659.0 / 32 && batch->entries == 1.0 / 32);
    assert_true(batch->per_operation[PVB_CLASS_HYPERCALL] == 1.0 / 32);
    const struct model_cell *fault = cell_named(&l.model, "page_fault", 0);
    assert_true(fault->per_operation[PVB_CLASS_FORWARD] == 1 && fault->per_operation[PVB_CLASS_HYPERCALL] == 2);
    assert_true(fault->distinct == 4 && fault->low == 815 && fault->high == 844 && fault->missing == 0);
    unload(&l);
}

static void boots_are_merged_not_pooled(void **state)
{
    struct loaded l;
    struct model_ratio ratio;
    (void)state;
    load(&l, MIXED);
    assert_int_equal(l.model.columns, 3);
    assert_int_equal(l.model.groups, 2);
    const struct model_cell *kvm = cell_named(&l.model, "null_hypercall", 2);
    assert_int_equal(kvm->costs, 8);
    /* The mean of the two boots in the middle; the interval is from the first to the last of eight. */
    assert_true(kvm->cost == kvm->boot[3] / 2 + kvm->boot[4] / 2 && kvm->boot[4] > kvm->boot[3]);
    assert_true(kvm->has_interval && kvm->interval_low == kvm->boot[0] && kvm->interval_high == kvm->boot[7]);
    assert_true(kvm->entries == 1 && !kvm->entries_differ);
    assert_false(cell_named(&l.model, "cpuid", 1)->has_entries);
    assert_true(cell_named(&l.model, "null_hypercall", 1)->missing == -5);
    assert_int_equal(cell_named(&l.model, "page_fault", 0)->boots, 0);
    assert_int_equal(l.model.group[1].pairs, 0);
    assert_true(model_ratio(&l.model, &l.model.group[0].pair[0], 0, &ratio) && ratio.median == 1);
    unload(&l);
}

static void the_empty_loop_is_subtracted_unclamped(void **state)
{
    struct loaded l;
    (void)state;
    load(&l, MICRO);
    assert_int_equal(model_subtract_empty(&l.model), 0);
    assert_true(cell_named(&l.model, "empty", 0)->cost == 10);
    assert_true(cell_named(&l.model, "pte_update_batch", 0)->cost == (5659.0 - 10) / 32);
    unload(&l);
    /* An operation that is cheaper than the empty loop has a negative cost. */
    load(&l, MICRO);
    cell_named(&l.model, "empty", 0)->cost = 1000;
    assert_int_equal(model_subtract_empty(&l.model), 0);
    assert_true(cell_named(&l.model, "null_hypercall", 0)->cost < 0);
    unload(&l);
}

static char *run_report(const char *path, const char *option)
{
    char name[] = "/tmp/pvbench-report-XXXXXX",
         *argv[] = {(char *)"report", (char *)"-o", name, (char *)path, (char *)option, NULL};
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(pvb_cmd_report(option ? 5 : 4, argv), 0);
    /* The report is another file of that name now. */
    fd = open(name, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);
    assert_true(text && pread(fd, text, (size_t)size, 0) == size);
    close(fd);
    unlink(name);
    return text;
}

static char *read_text(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 1 << 16);
    if (!f || !text)
        fail_msg("%s cannot be read", path);
    assert_true(fread(text, 1, (1 << 16) - 1, f) > 0);
    fclose(f);
    return text;
}

static void is_golden(const char *result, const char *option, const char *golden)
{
    char *text = run_report(result, option), *expected = read_text(golden);
    assert_string_equal(text, expected);
    free(text);
    free(expected);
}

static void the_table_is_as_recorded(void **state)
{
    (void)state;
    is_golden(MICRO, NULL, "tests/fixtures/report-micro.txt");
    is_golden(MICRO, "--entries", "tests/fixtures/report-micro-entries.txt");
    is_golden(MICRO, "--format=markdown", "tests/fixtures/report-micro.md");
    is_golden(MIXED, "--cold", "tests/fixtures/report-mixed.txt");
}

static void every_gap_has_its_footnote(void **state)
{
    char *text = run_report(MIXED, NULL);
    static const char *const notes[] = {"boot 1: crashed: the minivisor killed the guest",
                                        "timeout: no line from the guest for 60 s",
                                        "crashed: the minivisor killed the guest",
                                        "not applicable: HVM guests take",
                                        "entries not counted: the hypervisor's log lost 12 records",
                                        "5 entries are of a kind that has no name (other)",
                                        "5 entries fewer than the kinds add up to",
                                        "not in this column's runs",
                                        "not constant: 176.8..186.8, 2 distinct values",
                                        "pmu: no hardware PMU in the lab"};
    (void)state;
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
        if (!strstr(text, notes[i]))
            fail_msg("no footnote \"%s\" in:\n%s", notes[i], text);
    free(text);
}

/* Guests that differ in their devices are columns of their own, and the ratio is that of the devices. */
static void devices_stand_behind_the_mode(void **state)
{
    struct loaded l;
    (void)state;
    load(&l, IO);
    assert_int_equal(l.model.columns, 2);
    assert_string_equal(l.model.column[0].mode, "pv+pv");
    assert_string_equal(l.model.column[1].mode, "hvm+emulated");
    assert_string_equal(l.model.column[1].setting, "kvm/hvm+emulated@lab");
    assert_int_equal(l.model.group[0].pairs, 1);
    assert_int_equal(l.model.group[0].pair[0].over, 0);
    assert_int_equal(l.model.group[0].pair[0].under, 1);
    unload(&l);
    char *text = run_report(IO, NULL);
    assert_non_null(strstr(text, "pv/emulated"));
    assert_null(strstr(text, "pv/hvm"));
    assert_non_null(strstr(text, "at least 90 % of the samples lie within 2 % of the median"));
    assert_non_null(strstr(text, "not applicable: this disk takes one request after the other"));
    free(text);
}

/* All hypervisors: a tick of the host's in one of a thousand samples is no reason for a footnote of one's own. */
static void what_is_nearly_constant_shares_a_footnote(void **state)
{
    char *text = run_report(FULL, NULL), *first = strstr(text, "nearly constant: at least 99 % of the samples");
    (void)state;
    assert_non_null(first);
    assert_null(strstr(first + 1, "nearly constant"));
    assert_null(strstr(text, "999 of 1000"));
    assert_null(strstr(text, "990 of 1000"));
    assert_non_null(strstr(text, "982 of 1000 samples are the median"));
    free(text);
}

static void each_image_is_named_with_all_who_ran_it(void **state)
{
    char *text = run_report(FULL, NULL);
    (void)state;
    assert_non_null(strstr(text,
                           "\nguests      ef864e2e9e50 (minivisor pv, xen pv), 18f6dda6611f (minivisor hvm, kvm pv "
                           "hvm, xen pvh\n            hvm); workloads a56bccde1305 in all\n"));
    free(text);
}

/* Names and numbers from a run on Xen: 1000 characters to an emulated UART. */
static void the_first_domain_has_its_table(void **state)
{
    char *text = run_report(FIRST_DOMAIN, "--entries");
    (void)state;
    assert_non_null(strstr(text, "\nXen's first domain meanwhile, per operation; of one boot:\n"));
    assert_non_null(
        strstr(text, "\nconsole_char  hvm  120k         85531          0  34427     2.03    38.1  dm_op 2\n"));
    assert_null(strstr(text, "\nnull_hypercall  hvm  0"));
    free(text);
    text = run_report(MICRO, "--entries");
    assert_null(strstr(text, "first domain"));
    free(text);
}

static void lines_fit_a_page(void **state)
{
    static const char *const options[] = {NULL, "--entries", "--cold", "--subtract-empty"};
    (void)state;
    for (size_t i = 0; i <= sizeof(options) / sizeof(options[0]); i++) {
        /* the last one is of Xen */
        char *text = i < 4 ? run_report(MIXED, options[i]) : run_report(FIRST_DOMAIN, "--entries"), *save = NULL;
        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
            if (text_width(line) > 120)
                fail_msg("%zu columns: %s", text_width(line), line);
            assert_true(line[strlen(line) - 1] != ' ');
        }
        free(text);
    }
}

/* A result with `what` in place of the first occurrence of `where` in a small good one. */
static void refused(const char *where, const char *what, const char *place)
{
    static const char good[] =
        "{\"schema\":\"pvbench.result/1\",\"suite\":{\"name\":\"s\"},\"runs\":[{\"hypervisor\":{\"name\":\"xen\"},"
        "\"mode\":\"pv\",\"machine\":\"host\",\"status\":\"ok\",\"benchmarks\":[{\"name\":\"empty\",\"status\":\"ok\","
        "\"iterations\":10,\"ops_per_iteration\":1,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"samples\":10,"
        "\"min\":1,\"median\":2,\"mean\":1.6,\"max\":3,\"distribution\":[[1,4],[2,6]]},\"entries\":{\"exit\":{\"HLT\":{"
        "\"count\":10}"
        "}}}]}]}";
    struct report_error e = {""};
    struct result r;
    char text[2000];
    const char *at = strstr(good, where);
    assert_non_null(at);
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, what, at + strlen(where));
    if (result_parse(&r, "FILE", text, strlen(text), &e) == 0)
        fail_msg("accepted: %s", text);
    if (strncmp(e.text, "FILE:", 5) != 0 || !strstr(e.text, place) || strchr(e.text, '\n'))
        fail_msg("%s does not name %s", e.text, place);
    assert_int_equal(result_parse(&r, "FILE", good, strlen(good), &e), 0);
    result_free(&r);
}

static void hostile_results_are_refused_in_one_line(void **state)
{
    (void)state;
    refused("{\"schema\"", "[{\"schema\"", "FILE:1:");
    refused("pvbench.result/1", "pvbench.result/9", "schema: ");
    refused("\"name\":\"s\"", "\"name\":\"../../etc\"", "suite.name: ");
    refused("\"name\":\"s\"", "\"name\":7", "suite.name: is an integer");
    refused("\"ns\"", "\"n\\\"s\"", "runs[0].benchmarks[0].cost.unit: ");
    refused("\"noisy\"", "\"new\\nline\"", "cost.class: ");
    refused("\"noisy\"", "\"new\"", "cost.class: ");
    refused("\"iterations\":10", "\"iterations\":0", "benchmarks[0].iterations: ");
    refused("\"iterations\":10", "\"iterations\":-1", "benchmarks[0].iterations: ");
    refused("\"iterations\":10", "\"iterations\":1e3", "iterations: is a fraction");
    refused("\"median\":2", "\"median\":NaN", "FILE:1:");
    refused("\"median\":2", "\"median\":1e999", "FILE:1:");
    refused("\"median\":2", "\"median\":-2", "cost.median: ");
    refused("\"median\":2", "\"median\":9", "cost.median: ");
    refused("[2,6]", "[0,6]", "cost.distribution: element 1");
    refused("[2,6]", "null", "cost.distribution: element 1");
    refused("\"exit\"", "\"exits\"", "entries: has the class \"exits\"");
    refused("\"HLT\"", "\"\\u001b[31m\"", "entries.exit: has the key");
    refused("{\"count\":10}", "10", "entries.exit.HLT: is an integer");
    refused("{\"count\":10}", "{\"count\":null}", "entries.exit.HLT.count: is null");
    refused("\"benchmarks\":[", "\"benchmarks\":[null,", "runs[0].benchmarks[0]: is null");
    refused("\"runs\":[", "\"runs\":[{},", "runs[0].hypervisor: is missing");
    refused("\"benchmarks\":[", "\"benchmarks\":[{\"name\":\"empty\",\"status\":\"skipped\"},", "stands there twice");
}

/* No two words of a panel's row may touch, and none may leave the page. */
static void words_fit_their_places(void **state)
{
    static const char *const results[] = {MICRO, MIXED};
    static const struct figure_style style = FIGURE_STYLE(FIGURE_SVG);
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct loaded l;
        struct stack s;
        load(&l, results[i]);
        const struct figure f = {.m = &l.model, .whole = &l.model, .style = &style};
        stack_lay_out(&s, &f, &figure_entries_shape);
        assert_int_equal(s.panels, i + 1);
        for (size_t j = 0; j < s.pieces; j++) {
            const struct stack_piece *p = &s.piece[j];
            double room = (p->to - p->from) * s.panel[p->bar->panel].scale;
            assert_true(!p->inside || figure_width_of(&f, p->text, FIGURE_SMALL) < room);
        }
        for (size_t j = 0; j < s.bars; j++) {
            const struct stack_bar *b = &s.bar[j];
            assert_true(s.left + b->total * s.panel[b->panel].scale + STACK_PAD +
                            figure_width_of(&f, b->text, FIGURE_SMALL) <
                        style.width);
        }
        stack_free(&s);
        unload(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_have_few_digits),
        cmocka_unit_test(entries_are_never_nothing_for_something),
        cmocka_unit_test(ratios_have_three_digits),
        cmocka_unit_test(text_cannot_command_a_terminal),
        cmocka_unit_test(the_model_divides_by_operations),
        cmocka_unit_test(boots_are_merged_not_pooled),
        cmocka_unit_test(the_empty_loop_is_subtracted_unclamped),
        cmocka_unit_test(the_table_is_as_recorded),
        cmocka_unit_test(every_gap_has_its_footnote),
        cmocka_unit_test(devices_stand_behind_the_mode),
        cmocka_unit_test(what_is_nearly_constant_shares_a_footnote),
        cmocka_unit_test(each_image_is_named_with_all_who_ran_it),
        cmocka_unit_test(the_first_domain_has_its_table),
        cmocka_unit_test(lines_fit_a_page),
        cmocka_unit_test(hostile_results_are_refused_in_one_line),
        cmocka_unit_test(words_fit_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
