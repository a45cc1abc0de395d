/*
 * Any bytes as a new result, beside a good one and beside itself, with a
 * limit in front of them: refused in one line, or judged, merged, printed and
 * exported in every format without harm.
 */
#include "fuzz_reports.h"
#include "reports/result/merge.h"

#define LIMIT_LINE 200

/* The first line, if it is short, is a limit. Returns what is behind it. */
static size_t read_limit(const uint8_t *bytes, size_t size, struct limits *limits)
{
    const uint8_t *end = memchr(bytes, '\n', size < LIMIT_LINE ? size : LIMIT_LINE);
    char line[LIMIT_LINE + 1] = "", why[200] = "";
    if (!end)
        return 0;
    memcpy(line, bytes, (size_t)(end - bytes));
    if (limits_add(limits, line, why, sizeof(why)) && !*why)
        abort();
    return (size_t)(end - bytes) + 1;
}

/* The merged document as text, or NULL: refused. What is merged can be read. */
static char *merged(json_t *one, json_t *other)
{
    static const char *const names[] = {"one.json", "other.json"};
    json_t *const both[] = {json_deep_copy(one), json_deep_copy(other)};
    struct report_error e = {""};
    struct result r;
    struct merge m;
    if (merge_take(&m, both, names, 2, &e)) {
        shown_error(e.text);
        return NULL;
    }
    json_t *document = merge_document(&m);
    char *text = json_dumps(document, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (!text)
        abort();
    if (result_take(&r, "merged.json", json_deep_copy(document), &e))
        shown_error(e.text);
    else
        result_free(&r);
    json_decref(document);
    merge_close(&m);
    return text;
}

/* Whichever is named first; and a result with itself is that result. */
static void merge_both_ways(const uint8_t *bytes, size_t size)
{
    static json_t *good;
    json_t *document = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
    good = good ? good : json_load_file("tests/fixtures/result-micro.json", JSON_REJECT_DUPLICATES, NULL);
    if (!document || !good)
        abort();
    char *text[] = {merged(good, document), merged(document, good)};
    if (!text[0] != !text[1] || (text[0] && strcmp(text[0], text[1]) != 0))
        abort();
    free(text[0]);
    free(text[1]);
    free(merged(document, document));
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct result good;
    static int loaded;
    struct compare_options o = {.floor = JUDGE_NOISE_FLOOR, .force = true};
    struct result r;
    struct model m;
    struct report_error e = {""};
    if (!loaded && result_load(&good, "tests/fixtures/result-micro.json", &e))
        abort();
    loaded = 1;
    size_t skip = size ? read_limit(bytes, size, &o.limits) : 0;
    if (result_parse(&r, "new.json", (const char *)bytes + skip, size - skip, &e))
        return 0;
    merge_both_ways(bytes + skip, size - skip);
    show_beside(&good, &r, &o);
    show_beside(&r, &r, &o);
    o.force = false;
    show_beside(&good, &r, &o);
    if (!model_make(&m, &r, NULL, "new.json", &e)) {
        show_exports(&m);
        model_free(&m);
    }
    result_free(&r);
    return 0;
}
