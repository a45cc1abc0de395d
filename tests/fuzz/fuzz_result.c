/* Any bytes as a result file: refused in one line, or shown by every report without harm. */
#include "fuzz_reports.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct result r;
    struct model m;
    struct report_error e = {""};
    int bad = result_parse(&r, "result.json", (const char *)bytes, size, &e);
    if (!bad) {
        bad = model_make(&m, &r, NULL, "result.json", &e);
        if (!bad && m.rows) {
            show_tables(&m);
            show_figures(&m, r.suite);
            show_page(&m);
        }
        if (!bad && m.rows && model_subtract_empty(&m) == 0)
            show_tables(&m);
        model_free(&m);
        result_free(&r);
    }
    if (bad)
        shown_error(e.text);
    return 0;
}
