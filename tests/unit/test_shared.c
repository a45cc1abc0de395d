/* Results that are read one after the other share what is the same in them, and are what they are when read alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/result/result_shared.h"

#include <stdlib.h>
#include <string.h>

static char *text_of(const char *path)
{
    json_t *document = json_load_file(path, 0, NULL);
    assert_non_null(document);
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    json_decref(document);
    return text;
}

static char *dumped(const json_t *document)
{
    return json_dumps(document, JSON_COMPACT | JSON_PRESERVE_ORDER);
}

static void is_as_alone(const char *text, const json_t *shared)
{
    json_t *alone = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    char *one = dumped(alone), *other = dumped(shared);
    assert_string_equal(one, other);
    free(one);
    free(other);
    json_decref(alone);
}

static const char *const fixtures[] = {"tests/fixtures/result-micro.json", "tests/fixtures/result-io.json",
                                       "tests/fixtures/result-full.json", "tests/fixtures/result-mixed.json"};

static void the_same_as_alone(void **state)
{
    (void)state;
    struct shared s = {.lists = 0};
    for (unsigned turn = 0; turn < 2; turn++)
        for (unsigned i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
            char *text = text_of(fixtures[i]);
            json_t *document = shared_parse(&s, text, strlen(text));
            assert_non_null(document);
            is_as_alone(text, document);
            json_decref(document);
            free(text);
        }
    shared_free(&s);
}

static void what_is_the_same_is_parsed_once(void **state)
{
    (void)state;
    struct shared s = {.lists = 0};
    char *text = text_of(fixtures[0]);
    json_t *first = shared_parse(&s, text, strlen(text));
    const size_t lists = s.lists;
    /* Another build gave the same numbers. */
    char *hash = strstr(text, "\"sha256\": \"");
    hash[11] = hash[11] == '0' ? '1' : '0';
    json_t *second = shared_parse(&s, text, strlen(text));
    assert_true(lists > 0);
    assert_int_equal(s.lists, lists);
    is_as_alone(text, second);
    const json_t *a = json_array_get(json_object_get(first, "runs"), 0);
    const json_t *b = json_array_get(json_object_get(second, "runs"), 0);
    assert_ptr_equal(json_object_get(a, "benchmarks"), json_object_get(b, "benchmarks"));
    /* They outlive what they share. */
    shared_free(&s);
    is_as_alone(text, second);
    json_decref(first);
    json_decref(second);
    free(text);
}

/* One run has two lists. */
#define LIST  "      \"benchmarks\": [\n        1\n      ]"
#define TWICE "{\n  \"runs\": [\n    {\n" LIST ",\n" LIST "\n    }\n  ]\n}"

static void not_as_pvbench_writes_it(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\n  \"runs\": [\n    {\"benchmarks\": []}\n  ]\n}",
        /* A list that is open where the lines say that it ends. */
        "{\n  \"runs\": [\n    {\n      \"benchmarks\": [\n        [1,\n      ]]\n    }\n  ]\n}",
        /* A list that is no run's. */
        "{\n  \"runs\": [{}],\n  \"x\": {\n      \"benchmarks\": [\n        1\n      ]\n    }\n}",
        TWICE,
        "{\n  \"runs\": [\n    {\n      \"benchmarks\": [\n        1\n",
    };
    struct shared s = {.lists = 0};
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_null(shared_parse(&s, texts[i], strlen(texts[i])));
    shared_free(&s);
}

static void many_lists(void **state)
{
    (void)state;
    struct shared s = {.lists = 0};
    for (unsigned i = 0; i < 3 * SHARED_MAX; i++) {
        char text[200];
        snprintf(text, sizeof(text),
                 "{\n  \"runs\": [\n    {\n      \"benchmarks\": [\n        %u\n      ]\n    }\n  ]\n}", i);
        json_t *document = shared_parse(&s, text, strlen(text));
        assert_non_null(document);
        is_as_alone(text, document);
        json_decref(document);
    }
    assert_int_equal(s.lists, SHARED_MAX);
    shared_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_as_alone),
        cmocka_unit_test(what_is_the_same_is_parsed_once),
        cmocka_unit_test(not_as_pvbench_writes_it),
        cmocka_unit_test(many_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
