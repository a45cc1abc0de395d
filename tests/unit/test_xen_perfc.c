/* Xen's performance counters: recorded ones taken apart, broken ones refused, and compared with what was traced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "hypervisor-harness/xen-domain/perfc_opinion.h"

enum { COUNTERS = 200, VALUES = 2000 };
static struct xen_perfc_counter counter[COUNTERS];
static uint32_t value[VALUES];
static size_t counters, values;
static char why[256];

static void load(void)
{
    char line[2048];
    FILE *f = fopen("tests/fixtures/xen-perfc.txt", "re");
    assert_non_null(f);
    counters = values = 0;
    memset(value, 0, sizeof(value));
    while (fgets(line, sizeof(line), f)) {
        char *name = strtok(line, "\t"), *count = strtok(NULL, "\t"), *pair;
        if (line[0] == '#' && line[1] == ' ')
            continue;
        assert_true(counters < COUNTERS);
        struct xen_perfc_counter *c = &counter[counters++];
        snprintf(c->name, sizeof(c->name), "%s", name);
        c->values = (uint32_t)strtoul(count, NULL, 10);
        assert_true(values + c->values <= VALUES);
        while ((pair = strtok(NULL, " \n"))) {
            unsigned index, number;
            assert_int_equal(sscanf(pair, "%u:%u", &index, &number), 2);
            assert_true(index < c->values);
            value[values + index] = number;
        }
        values += c->values;
    }
    fclose(f);
}

static int decode(struct xen_counts *c)
{
    why[0] = 0;
    return xen_perfc_decode(c, counter, counters, value, values, why, sizeof(why));
}

static void recorded(void **state)
{
    (void)state;
    struct xen_counts c;
    load();
    assert_int_equal(decode(&c), 0);
    assert_true(c.has_exits);
    assert_int_equal(c.call[0], 26);
    assert_int_equal(c.call[1], 35183);
    assert_int_equal(c.call[24], 8559);
    assert_int_equal(c.sub_calls, 34322);
    assert_int_equal(c.page_table_writes, 1247);
    assert_int_equal(c.exit[143], 0);
}

static void broken(void **state)
{
    (void)state;
    struct xen_counts c;
    load();
    values--;
    assert_int_equal(decode(&c), -1);
    assert_non_null(strstr(why, "not as its headers say"));
    load();
    counter[3].values = UINT32_MAX;
    assert_int_equal(decode(&c), -1);
    load();
    memset(counter[5].name, 'x', sizeof(counter[5].name));
    assert_int_equal(decode(&c), -1);
    load();
    for (size_t i = 0; i < counters; i++)
        if (strcmp(counter[i].name, "hypercalls") == 0)
            counter[i].name[0] = 'H';
    assert_int_equal(decode(&c), -1);
    assert_non_null(strstr(why, "no performance counter called \"hypercalls\""));
}

/* More values than are known of: a newer Xen has more hypercalls, a larger computer more processors. */
static void larger(void **state)
{
    (void)state;
    struct xen_counts c;
    counters = 3;
    counter[0] = (struct xen_perfc_counter){"hypercalls", 100};
    counter[1] = (struct xen_perfc_counter){"writable pt emulations", 4};
    counter[2] = (struct xen_perfc_counter){"calls from multicall", 4};
    values = 108;
    for (uint32_t i = 0; i < values; i++)
        value[i] = i;
    assert_int_equal(decode(&c), 0);
    assert_int_equal(c.call[63], 63);
    assert_int_equal(c.page_table_writes, 100 + 101 + 102 + 103);
    assert_int_equal(c.sub_calls, 104 + 105 + 106 + 107);
    assert_false(c.has_exits);
}

static void exits(void **state)
{
    (void)state;
    assert_int_equal(xen_counts_exit(0x81), 0x81);
    assert_int_equal(xen_counts_exit(0x400), 143);
    assert_int_equal(xen_counts_exit(0x402), 145);
    assert_true(xen_counts_exit(UINT32_MAX) >= XEN_COUNTS_EXITS);
}

/* The trace against readings of one hypercall's counter; "": they agree. */
static void compared(uint32_t before, uint32_t on, uint32_t off, uint32_t after, uint32_t traced, unsigned unfinished,
                     const char *words)
{
    static struct xen_perfc_readings r;
    static struct xen_counts t;
    char *text;
    size_t size;
    r = (struct xen_perfc_readings){.before.has_exits = true};
    t = (struct xen_counts){0};
    r.before.call[17] = before;
    r.on.call[17] = on;
    r.off.call[17] = off;
    r.after.call[17] = after;
    t.call[17] = traced;
    FILE *out = open_memstream(&text, &size);
    bool agree = xen_perfc_compare(&r, &t, unfinished, out, why, sizeof(why));
    fclose(out);
    assert_int_equal(agree, !*words);
    assert_non_null(strstr(*words ? why : text, words));
    assert_non_null(strstr(text, "M opinion sum kind=hypercalls counters="));
    assert_int_equal(strstr(text, "M opinion differs kind=hypercalls index=17 ") != NULL, !agree);
    free(text);
}

static void comparison(void **state)
{
    (void)state;
    compared(100, 102, 110, 111, 8, 0, "");
    compared(100, 102, 110, 111, 11, 0, "");
    compared(100, 102, 110, 111, 7, 0, "hypercalls number 17 traced 7 times, counted 8 to 11 times");
    compared(100, 102, 110, 111, 12, 0, "traced 12 times");
    compared(100, 102, 110, 111, 12, 17, ""); /* the one that the domain ended in */
    compared(100, 102, 110, 111, 13, 17, "traced 13 times");
    compared(100, 100, 100, 100, 0, 17, "");
    compared(UINT32_MAX - 3, UINT32_MAX - 1, 4, 5, 6, 0, ""); /* 2^32 run over */
    compared(UINT32_MAX - 3, UINT32_MAX - 1, 4, 5, 5, 0, "traced 5 times");
}

/* A wild trace is told of, and not at any length. */
static void many_differences(void **state)
{
    (void)state;
    static struct xen_perfc_readings r;
    static struct xen_counts t;
    char *text;
    size_t size, lines = 0;
    memset(&t, 0xff, sizeof(t));
    r.before.has_exits = true;
    FILE *out = open_memstream(&text, &size);
    assert_false(xen_perfc_compare(&r, &t, 0, out, why, sizeof(why)));
    fclose(out);
    for (const char *c = text; (c = strstr(c, "M opinion differs")); c++)
        lines++;
    assert_int_equal(lines, XEN_PERFC_DIFFERENCES);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded), cmocka_unit_test(broken),     cmocka_unit_test(larger),
        cmocka_unit_test(exits),    cmocka_unit_test(comparison), cmocka_unit_test(many_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
