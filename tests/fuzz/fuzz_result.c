/* Any bytes as a result file: refused in one line, or shown by every report without harm. */
#include "reports/figure/figure_draw.h"
#include "reports/figure/tables.h"
#include "reports/html/html_report.h"

#include <stdlib.h>
#include <string.h>

static void show(struct model *m, const char *name)
{
    char *text[3] = {NULL};
    size_t size[3];
    FILE *f[3];
    struct notes notes = {0};
    for (int i = 0; i < 3; i++)
        if (!(f[i] = open_memstream(&text[i], &size[i])))
            abort();
    for (unsigned way = 0; way < 8; way++) {
        const struct report_options o = {
            .style = way & 1 ? TABLE_MARKDOWN : TABLE_TEXT, .cold = way & 2, .entries = way & 4};
        report_header(m, &o, f[0]);
        if (o.entries)
            report_entries(m, &o, &notes, f[0]);
        else
            report_costs(m, &o, &notes, f[0]);
        report_footer(m, &o, &notes, f[0]);
    }
    static const struct figure_style style = FIGURE_STYLE(FIGURE_SVG);
    for (size_t i = 0; i < FIGURE_KINDS && m->rows <= FIGURE_ROWS_MAX; i++) {
        struct figure figure = {.m = m, .whole = m, .style = &style, .name = name, .data = f[1], .script = f[2]};
        figure_kinds[i].make(&figure);
    }
    for (size_t i = 0; i < TABLE_KINDS; i++) {
        table_write_latex(&table_kinds[i], m, name, f[0]);
        table_write_markdown(&table_kinds[i], m, f[0]);
    }
    for (int i = 0; i < 3; i++) {
        if (fclose(f[i]))
            abort();
        if (memchr(text[i], '\033', size[i]) || strlen(text[i]) != size[i])
            abort();
        free(text[i]);
    }
    notes_free(&notes);
}

/* The page has one script, its own, whatever the result says. */
static void show_page(const struct model *m)
{
    static const struct html_figures none = {.why = {"not here", "not here", "not here"}};
    const struct report_options o = {.style = TABLE_TEXT};
    char *text = NULL;
    size_t size = 0, scripts = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        abort();
    html_report(m, &o, &none, f);
    if (fclose(f) || memchr(text, '\033', size) || strlen(text) != size)
        abort();
    for (const char *at = text; (at = strstr(at, "<script")); at++)
        scripts++;
    if (scripts != 1)
        abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct result r;
    struct model m;
    struct report_error e = {""};
    int bad = result_parse(&r, "result.json", (const char *)bytes, size, &e);
    if (!bad) {
        bad = model_make(&m, &r, "result.json", &e);
        if (!bad && m.rows) {
            show(&m, r.suite);
            show_page(&m);
        }
        if (!bad && m.rows && model_subtract_empty(&m) == 0)
            show(&m, r.suite);
        model_free(&m);
        result_free(&r);
    }
    if (bad && (!e.text[0] || strchr(e.text, '\n')))
        abort();
    return 0;
}
