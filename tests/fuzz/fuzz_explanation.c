/*
 * Any bytes as an explanation: refused in one line, or shown in every way, against itself, and against another before
 * and behind it, without harm.
 */
#include "reports/explain/explain.h"

#include "fuzz_shown.h"

#include <stdlib.h>

/* What the seed explains, of another build: a function is gone, one is new. */
static const char other[] =
    "{\"schema\":\"pvbench.explanation/1\",\"runs\":[{\"setting\":\"xen/pv@lab\",\"functions\":[[\"guest\",\"op\"],"
    "[\"xen\",\"do_mmu_update\"],[\"xen\",\"check\"]],\"benchmarks\":[{\"name\":\"pte_update\",\"parameter\":8,"
    "\"iterations\":3,\"ops_per_iteration\":2,\"cold\":{\"instructions\":0,\"nodes\":[]},\"steady\":{\"instructions\":"
    "700,"
    "\"nodes\":[-1,0,100,10,0,-1,1,500,10,0,1,2,100,10,0]}}]}]}";

static const struct explain_choice choice = {.least = 0.01};

static void show_against(const struct explanation *now, const struct explanation *base)
{
    struct shown s;
    FILE *out = shown_begin(&s);
    explain_against(now, base, &choice, out);
    explain_changed_folded(now, base, &choice, out);
    shown_text(&s);
    explain_changed_html(now, base, &choice, shown_begin(&s));
    shown_page(&s);
}

/* It is no text. */
static void show_packed(const struct explanation *x)
{
    FILE *nowhere = fopen("/dev/null", "we");
    if (!nowhere)
        abort();
    explain_pprof(x, &choice, nowhere);
    fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const ways[])(const struct explanation *, const struct explain_choice *,
                                FILE *) = {explain_text,  explain_by_line, explain_spread, explain_entries,
                                           explain_paths, explain_sums,    explain_folded, explain_callgrind};
    struct explanation x, base;
    struct report_error e = {""};
    if (explain_parse(&x, "x.explain.json", (const char *)bytes, size, &e)) {
        shown_error(e.text);
        return 0;
    }
    if (explain_parse(&base, "base.explain.json", other, strlen(other), &e))
        abort();
    struct shown s;
    FILE *out = shown_begin(&s);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        ways[i](&x, &choice, out);
    shown_text(&s);
    explain_html(&x, &choice, shown_begin(&s));
    shown_page(&s);
    show_packed(&x);
    show_against(&x, &x);
    show_against(&x, &base);
    show_against(&base, &x);
    explain_free(&x);
    explain_free(&base);
    return 0;
}
