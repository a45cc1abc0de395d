/* test_nearest.c: which word was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/nearest.h"

#include <string.h>

static const char *const words[] = {"run", "list", "report", "export", "compare", "null_hypercall", NULL};

static void is(const char *word, const char *meant)
{
    const char *found = nearest(word, words);
    if (!meant)
        assert_null(found);
    else
        assert_string_equal(found ? found : "nothing", meant);
}

static void a_slip_is_found(void **state)
{
    (void)state;
    is("reprot", "report");
    is("eport", "report");
    is("reportt", "report");
    is("rxport", "report");
    is("comapre", "compare");
    is("null_hypercal", "null_hypercall");
    is("nul_hypercal", "null_hypercall");
    is("rnu", "run");
    is("run", "run");
}

static void what_is_far_is_not(void **state)
{
    char longest[300];
    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = 0;
    is("frobnicate", NULL);
    is("xyz", NULL);
    is("", NULL);
    is(longest, NULL);
}

static void it_asks_or_says_nothing(void **state)
{
    char text[40];
    (void)state;
    nearest_ask("lsit", words, text, sizeof(text));
    assert_string_equal(text, "; did you mean list?");
    nearest_ask("frobnicate", words, text, sizeof(text));
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_is_found),
        cmocka_unit_test(what_is_far_is_not),
        cmocka_unit_test(it_asks_or_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
