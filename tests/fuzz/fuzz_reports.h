/*
 * fuzz_reports.h: a result in every report that there is, for the fuzzers that bring results: whatever it says, what
 * is shown is clean (fuzz_shown.h), JSON is JSON, and the page has one script, its own.
 */
#ifndef TESTS_FUZZ_REPORTS_H
#define TESTS_FUZZ_REPORTS_H

#include "fuzz_shown.h"
#include "reports/compare/compare.h"
#include "reports/export/export.h"
#include "reports/figure/figure_draw.h"
#include "reports/figure/tables.h"
#include "reports/report/html_report.h"

/* The report: text and Markdown, with and without the first operation, costs or entries. */
static inline void show_tables(const struct model *m)
{
    struct notes notes = {0};
    struct shown s;
    for (unsigned way = 0; way < 8; way++) {
        const struct report_options o = {
            .style = way & 1 ? TABLE_MARKDOWN : TABLE_TEXT, .cold = way & 2, .entries = way & 4};
        FILE *out = shown_begin(&s);
        report_header(m, &o, out);
        if (o.entries)
            report_entries(m, &o, &notes, out);
        else
            report_costs(m, &o, &notes, out);
        report_footer(m, &o, &notes, out);
        shown_text(&s);
    }
    notes_free(&notes);
}

static inline void show_figures(const struct model *m, const char *name)
{
    static const struct figure_style style = FIGURE_STYLE(FIGURE_SVG);
    struct shown data, script, table;
    for (size_t i = 0; i < FIGURE_KINDS && m->rows <= FIGURE_ROWS_MAX; i++) {
        struct figure figure = {.m = m,
                                .whole = m,
                                .style = &style,
                                .name = name,
                                .data = shown_begin(&data),
                                .script = shown_begin(&script)};
        figure_kinds[i].make(&figure);
        shown_text(&data);
        shown_text(&script);
    }
    for (size_t i = 0; i < TABLE_KINDS; i++) {
        FILE *out = shown_begin(&table);
        table_write_latex(&table_kinds[i], m, name, out);
        table_write_markdown(&table_kinds[i], m, out);
        shown_text(&table);
    }
}

static inline void show_page(const struct model *m)
{
    static const struct html_figures none = {.why = {"not here", "not here", "not here"}};
    const struct report_options o = {.style = TABLE_TEXT};
    struct shown s;
    html_report(m, &o, &none, NULL, shown_begin(&s));
    shown_page(&s);
}

static inline void show_exports(const struct model *m)
{
    static export_format *const json[] = {export_google_benchmark, export_bencher, export_github_action};
    static export_format *const text[] = {export_go, export_openmetrics, export_csv};
    struct shown s;
    for (size_t i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
        json[i](m, shown_begin(&s));
        shown_json(&s);
    }
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
        text[i](m, shown_begin(&s));
        shown_text(&s);
    }
}

static inline void show_comparison(const struct comparison *c)
{
    static const struct compare_names names = {"base.json", "new.json"};
    struct shown s;
    compare_print_table(c, &names, COMPARE_TEXT, true, shown_begin(&s));
    shown_text(&s);
    compare_print_table(c, &names, COMPARE_MARKDOWN, true, shown_begin(&s));
    shown_text(&s);
    compare_print_junit(c, &names, shown_begin(&s));
    shown_text(&s);
    compare_print_github(c, &names, shown_begin(&s));
    shown_text(&s);
    compare_print_json(c, &names, shown_begin(&s));
    shown_json(&s);
}

/* Two results beside each other: judged, or refused in one line. */
static inline void show_beside(const struct result *base, const struct result *now, const struct compare_options *o)
{
    struct comparison c;
    struct report_error e = {""};
    if (compare_make(&c, base, now, "base.json", "new.json", o, &e)) {
        shown_error(e.text);
        return;
    }
    int status = compare_status(&c);
    if ((status != 0 && status != 3 && status != 5) || (status == 0 && !c.compared))
        abort();
    if (base == now && status == 3)
        abort(); /* nothing is worse than itself */
    show_comparison(&c);
    compare_free(&c);
}

#endif
