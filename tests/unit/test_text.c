/* Text from elsewhere is made fit to be shown: every character that must not be, every way to be no UTF-8, every cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/json_text.h"
#include "common/text.h"
#include "reports/common/report_error.h"
#include "runner/common/error.h"

#include <stdlib.h>
#include <string.h>

static void becomes(const char *text, const char *shown)
{
    char *clean = text_clean_copy(text);
    assert_string_equal(clean, shown);
    assert_true(text_is_clean(clean));
    assert_int_equal(text_is_clean(text), strcmp(text, shown) == 0);
    free(clean);
}

/* The code as UTF-8, as long as it says. */
static void encode(uint32_t code, size_t bytes, char into[8])
{
    static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    memset(into, 0, 8);
    for (size_t i = bytes; i-- > 1; code >>= 6)
        into[i] = (char)(0x80 | (code & 0x3f));
    into[0] = (char)(bytes == 1 ? code : first[bytes] | code);
}

static size_t bytes_of(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

static bool may_be_shown(uint32_t code)
{
    static const uint32_t bad[][2] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
                                      {0x2028, 0x202e}, {0x2066, 0x2069}, {0xd800, 0xdfff}, {0xfdd0, 0xfdef}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (code >= bad[i][0] && code <= bad[i][1])
            return false;
    return (code & 0xffff) < 0xfffe && code <= 0x10ffff;
}

static void every_character(void **state)
{
    (void)state;
    char text[8], marks[8];
    for (uint32_t code = 1; code < 0x120000; code++) {
        size_t bytes = bytes_of(code);
        encode(code, bytes, text);
        memset(marks, '?', sizeof(marks));
        marks[bytes] = 0;
        if (text_is_clean(text) != may_be_shown(code))
            fail_msg("U+%04X", code);
        text_clean(text);
        if (!may_be_shown(code) && strcmp(text, marks) != 0)
            fail_msg("U+%04X is shown as %s", code, text);
    }
}

/* A character in more bytes than it needs is none: a filter that looks for the short form would let it through. */
static void overlong_forms(void **state)
{
    (void)state;
    char text[8];
    for (uint32_t code = 0; code < 0x10000; code++)
        for (size_t bytes = bytes_of(code) + 1; bytes <= 4; bytes++) {
            encode(code, bytes, text);
            if (text_is_clean(text))
                fail_msg("U+%04X in %zu bytes", code, bytes);
        }
}

static void what_is_no_text(void **state)
{
    (void)state;
    becomes("plain ä € 😀", "plain ä € 😀");
    becomes("\033]0;title\a", "?]0;title?");
    becomes("a\nb\tc\rd", "a?b?c?d");
    becomes("\x9b"
            "31m",
            "?31m");
    becomes("Latin-1: \xe4x", "Latin-1: ?x");
    becomes("cut: \xe2\x82", "cut: ??");
    becomes("\xf0\x9f\x98x\xff\xfe\xc0\xaf", "???x????");
}

static void formatted(const char *expected, size_t size, const char *format, ...)
{
    char text[64];
    va_list args;
    memset(text, 'x', sizeof(text));
    va_start(args, format);
    text_vformat(text, size, format, args);
    va_end(args);
    assert_string_equal(text, expected);
}

static void cut_between_characters(void **state)
{
    (void)state;
    formatted("ää", 6, "%s", "äää");
    formatted("äää", 7, "%s", "äää");
    formatted("ä, €!", 64, "%.3s, %.5s!", "äää", "€€");
    formatted("", 4, "%s", "😀");
    formatted("a", 5, "a%s", "😀");
    char text[10] = "ä";
    text_append(text, sizeof(text), "%s", "€€€");
    assert_string_equal(text, "ä€€");
    text_append(text, sizeof(text), "%s", "€");
    assert_string_equal(text, "ä€€");
}

/* Both kinds of error are one clean line, whatever the file is called and however long its name is. */
static void errors(void **state)
{
    (void)state;
    struct report_error report;
    struct pvb_error error;
    char name[2000] = "a\033[2J\n\xe4.json";
    assert_int_equal(report_fail(&report, "%s: cannot be read", name), -1);
    assert_string_equal(report.text, "a?[2J??.json: cannot be read");
    assert_int_equal(pvb_fail(&error, "%s: cannot be read", name), -1);
    assert_string_equal(error.text, report.text);
    for (size_t shift = 0; shift < 4; shift++) {
        memset(name, 'x', shift);
        for (size_t i = shift; i + 4 < sizeof(name); i += 4)
            memcpy(name + i, "😀", 5);
        report_fail(&report, "%s", name);
        assert_true(text_is_clean(report.text) && !strchr(report.text, '?'));
        assert_in_range(strlen(report.text), sizeof(report.text) - 4, sizeof(report.text) - 1);
    }
}

static void names(void **state)
{
    (void)state;
    assert_true(text_is_name("pte_update.2+x-y"));
    static const char *const no[] = {"", ".x", "-x", "+x", "=1+1", "@x", "a b", "a,b", "a\"b", "ä", "a/b"};
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        if (text_is_name(no[i]))
            fail_msg("%s", no[i]);
}

static void words_of_a_list(void **state)
{
    (void)state;
    static const char *const list[] = {"weight", "cap", NULL}, *const none[] = {NULL};
    assert_true(text_is_any("weight", list) && text_is_any("cap", list));
    assert_false(text_is_any("ca", list) || text_is_any("caps", list) || text_is_any("", list) ||
                 text_is_any("", none));
}

/* No string is left out of a document because of what it is made of. */
static void strings_of_json(void **state)
{
    (void)state;
    json_t *string = json_text("a\xe4\033");
    assert_string_equal(json_string_value(string), "a??");
    json_decref(string);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character), cmocka_unit_test(overlong_forms),
        cmocka_unit_test(what_is_no_text), cmocka_unit_test(cut_between_characters),
        cmocka_unit_test(errors),          cmocka_unit_test(strings_of_json),
        cmocka_unit_test(names),           cmocka_unit_test(words_of_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
