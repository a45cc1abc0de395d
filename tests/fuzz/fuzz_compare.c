/*
 * Any bytes as a new result, beside a good one and beside itself, with a
 * limit in front of them: refused in one line, or judged, printed and
 * exported in every format without harm.
 */
#include "reports/compare/compare.h"
#include "reports/export/export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_LINE 200

static void print_all(const struct comparison *c)
{
    static const struct compare_names names = {"base.json", "new.json"};
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        abort();
    for (enum compare_format format = COMPARE_TEXT; format <= COMPARE_MARKDOWN; format++)
        if (format != COMPARE_COLOUR)
            compare_print_table(c, &names, format, true, f);
    compare_print_junit(c, &names, f);
    compare_print_github(c, &names, f);
    compare_print_json(c, &names, f);
    if (fclose(f) || memchr(text, '\033', size) || strlen(text) != size)
        abort();
    free(text);
}

static void export_all(const struct model *m)
{
    static export_format *const formats[] = {export_google_benchmark, export_go,          export_bencher,
                                             export_github_action,    export_openmetrics, export_csv};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);
        if (!f)
            abort();
        formats[i](m, f);
        if (fclose(f) || memchr(text, '\033', size) || strlen(text) != size)
            abort();
        free(text);
    }
}

static void compare(const struct result *base, const struct result *now, const struct compare_options *o)
{
    struct comparison c;
    struct report_error e = {""};
    if (compare_make(&c, base, now, "base.json", "new.json", o, &e)) {
        if (!e.text[0] || strchr(e.text, '\n'))
            abort();
        return;
    }
    int status = compare_status(&c);
    if ((status != 0 && status != 3 && status != 5) || (status == 0 && !c.compared))
        abort();
    if (base == now && status == 3)
        abort(); /* nothing is worse than itself */
    print_all(&c);
    export_all(&c.model[1]);
    compare_free(&c);
}

/* The first line, if it is short, is a limit. Returns what is behind it. */
static size_t read_limit(const uint8_t *bytes, size_t size, struct limits *limits)
{
    const uint8_t *end = memchr(bytes, '\n', size < LIMIT_LINE ? size : LIMIT_LINE);
    char line[LIMIT_LINE + 1] = "", why[200] = "";
    if (!end)
        return 0;
    memcpy(line, bytes, (size_t)(end - bytes));
    if (limits_add(limits, line, why, sizeof(why)) && (!why[0] || strchr(why, '\n')))
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
    struct report_error e = {""};
    if (!loaded && result_load(&good, "tests/fixtures/result-micro.json", &e))
        abort();
    loaded = 1;
    size_t skip = size ? read_limit(bytes, size, &o.limits) : 0;
    if (result_parse(&r, "new.json", (const char *)bytes + skip, size - skip, &e))
        return 0;
    compare(&good, &r, &o);
    compare(&r, &r, &o);
    o.force = false;
    compare(&good, &r, &o);
    result_free(&r);
    return 0;
}
