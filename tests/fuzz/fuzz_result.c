/* Any bytes as a result file: refused in one line, or shown by every report without harm. */
#include "reports/figure/figure.h"
#include "reports/print/report_print.h"

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
    for (unsigned style = 0; style < 8; style++) {
        const struct report_options o = {
            .style = style & 1 ? TABLE_MARKDOWN : TABLE_TEXT, .cold = style & 2, .entries = style & 4};
        report_header(m, &o, f[0]);
        if (o.entries)
            report_entries(m, &o, &notes, f[0]);
        else
            report_costs(m, &o, &notes, f[0]);
        report_footer(m, &o, &notes, f[0]);
    }
    if (m->rows * m->columns <= FIGURE_ROWS_MAX) {
        figure_cost(m, name, FIGURE_SVG, f[1], f[2]);
        figure_entries(m, name, FIGURE_SVG, f[1], f[2]);
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct result r;
    struct model m;
    struct report_error e = {""};
    int bad = result_parse(&r, "result.json", (const char *)bytes, size, &e);
    if (!bad) {
        bad = model_make(&m, &r, "result.json", &e);
        if (!bad && m.rows)
            show(&m, r.suite);
        if (!bad && m.rows && model_subtract_empty(&m) == 0)
            show(&m, r.suite);
        model_free(&m);
        result_free(&r);
    }
    if (bad && (!e.text[0] || strchr(e.text, '\n')))
        abort();
    return 0;
}
