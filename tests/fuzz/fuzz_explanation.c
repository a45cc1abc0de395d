/*
 * Any bytes as an explanation: refused in one line, or shown in every way, and against itself, without harm.
 */
#include "reports/explain/explain.h"

#include "fuzz_shown.h"

#include <stdlib.h>

static const struct explain_choice choice = {.least = 0.01};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const ways[])(const struct explanation *, const struct explain_choice *, FILE *) = {
        explain_text, explain_spread, explain_entries, explain_sums, explain_folded, explain_callgrind};
    struct explanation x;
    struct report_error e = {""};
    if (explain_parse(&x, "x.explain.json", (const char *)bytes, size, &e)) {
        shown_error(e.text);
        return 0;
    }
    struct shown s;
    FILE *out = shown_begin(&s);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        ways[i](&x, &choice, out);
    explain_against(&x, &x, &choice, out);
    shown_text(&s);
    explain_html(&x, &choice, shown_begin(&s));
    shown_page(&s);
    explain_free(&x);
    return 0;
}
