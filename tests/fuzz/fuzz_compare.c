/*
 * Any bytes as a new result, beside a good one and beside itself, with a
 * limit in front of them: refused in one line, or judged, printed and
 * exported in every format without harm.
 */
#include "fuzz_reports.h"

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
    show_beside(&good, &r, &o);
    show_beside(&r, &r, &o);
    o.force = false;
    show_beside(&good, &r, &o);
    if (!model_make(&m, &r, "new.json", &e)) {
        show_exports(&m);
        model_free(&m);
    }
    result_free(&r);
    return 0;
}
