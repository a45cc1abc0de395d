/*
 * compare_table.c: a comparison as a table, in the manner of benchstat, for
 * a terminal or for a pull request: the verdict, what differs in words, and
 * the numbers beside each other.
 */
#include "common/text.h"
#include "reports/compare/compare.h"
#include "reports/common/number.h"
#include "reports/common/table.h"
#include "reports/common/wrap.h"

#include <math.h>
#include <string.h>

#define SENTENCE 1600

struct page {
    const struct comparison *c;
    const struct compare_names *names;
    enum compare_format format;
    bool all;
    FILE *out;
};

static bool markdown(const struct page *p)
{
    return p->format == COMPARE_MARKDOWN;
}

static void print_note(const struct page *p, const char *what, const char *text)
{
    if (markdown(p)) {
        fprintf(p->out, "- %s: ", what);
        table_markdown_text(text, p->out);
        fputc('\n', p->out);
    } else {
        fprintf(p->out, "%-5s %s\n", what, text);
    }
}

static void print_result(const struct page *p, const char *what, const struct result *r, const char *name)
{
    char text[600];
    text_format(text, sizeof(text), "%.200s: %s%s%.40s%s%.60s", name, r->suite, *r->date ? ", " : "", r->date,
                *r->revision ? ", revision " : "", r->revision);
    print_note(p, what, text);
}

/* What is said once of the whole: builds, what was forced, what was not asked for or began otherwise. */
static void print_notes(const struct page *p)
{
    char text[600];
    for (unsigned column = 0; compare_next_build(p->c, &column, text, sizeof(text));) {
        text_clean(text);
        print_note(p, "build", text);
    }
    for (size_t i = 0; i < p->c->different.count; i++)
        print_note(p, markdown(p) ? "compared by force" : "force", p->c->different.text[i]);
    if (p->c->unasked) {
        snprintf(text, sizeof(text), "%zu workloads of the base are not in the new result: it was not asked for them",
                 p->c->unasked);
        print_note(p, "note", text);
    }
    if (p->c->after_others) {
        snprintf(text, sizeof(text),
                 "%zu first operations ran after other workloads in their boot than in the base: no verdict on them",
                 p->c->after_others);
        print_note(p, "note", text);
    }
}

static void print_head(const struct page *p)
{
    static const char *const titles[] = {"no regression", "regression", "inconclusive"};
    char summary[400];
    int status = compare_status(p->c);
    compare_summary(p->c, summary, sizeof(summary));
    if (markdown(p))
        fprintf(p->out, "### pvbench: %s\n\n", titles[status == 0 ? 0 : status == 3 ? 1 : 2]);
    print_result(p, "base", p->c->base, p->names->base);
    print_result(p, "new", p->c->now, p->names->now);
    print_notes(p);
    fputc('\n', p->out);
    if (markdown(p)) {
        fputs("**", p->out);
        table_markdown_text(summary, p->out);
        fputs("**\n\n", p->out);
    }
}

/* The worst first; what is worse, what cannot be told, then the rest. */
static void print_words(const struct page *p)
{
    bool any = false;
    for (int verdict = VERDICTS; verdict-- > VERDICT_SAME + 1;)
        for (size_t i = 0; i < p->c->cells; i++) {
            const struct compare_cell *cell = &p->c->cell[i];
            char place[200], sentence[SENTENCE];
            if ((int)cell->verdict != verdict)
                continue;
            compare_place(cell, place, sizeof(place));
            compare_sentence(cell, sentence, sizeof(sentence));
            any = true;
            if (markdown(p)) {
                fprintf(p->out, "- **%s** ", verdict_names[verdict]);
                table_markdown_text(place, p->out);
                fputs(": ", p->out);
                table_markdown_text(sentence, p->out);
                fputc('\n', p->out);
            } else {
                bool red = p->format == COMPARE_COLOUR && verdict == VERDICT_WORSE;
                fprintf(p->out, "%s%-12s%s %s: %s\n", red ? "\033[31m" : "", verdict_names[verdict],
                        red ? "\033[0m" : "", place, sentence);
            }
        }
    if (any)
        fputc('\n', p->out);
}

static void set_number(struct table *t, size_t row, unsigned column, const struct finding *f, double value)
{
    char text[NUMBER_SIZE];
    if (f->metric == METRIC_ENTRIES)
        number_entries(text, value);
    else
        number_cost(text, value, f->exact);
    table_set(t, row, column, "%s", text);
}

/* Base, new and the change of one metric, from `column` on. `~`: no difference that can be believed. */
static void set_metric(struct table *t, size_t row, unsigned column, const struct finding *f, bool tests)
{
    if (!f || (*f->why && f->exact && !f->told)) {
        table_set(t, row, column + 2, "%s", f ? "?" : "");
        return;
    }
    set_number(t, row, column, f, f->base);
    set_number(t, row, column + 1, f, f->now);
    struct table_cell *change;
    if (*f->why)
        change = table_set(t, row, column + 2, "?");
    else if (f->verdict == VERDICT_SAME)
        change = table_set(t, row, column + 2, f->exact ? "=" : "~");
    else if (f->base == 0)
        change = table_set(t, row, column + 2, "new");
    else
        change = table_set(t, row, column + 2, "%+.2f%%", (f->now - f->base) / f->base * 100);
    change->bad = f->verdict == VERDICT_WORSE;
    if (!f->exact && tests)
        table_set(t, row, column + 3, "p=%.3f n=%zu+%zu", f->noisy.adjusted, f->noisy.boots[0], f->noisy.boots[1]);
}

/* The share of change over all workloads of one column that have a cost. */
static void set_geomean(const struct page *p, struct table *t, size_t first, size_t end)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = first; i < end; i++) {
        const struct finding *f = compare_finding(&p->c->cell[i], METRIC_COST);
        if (!f || f->base <= 0 || f->now <= 0)
            continue;
        sum += log(f->now / f->base);
        n++;
    }
    if (!n)
        return;
    size_t row = table_row(t);
    table_set(t, row, 0, "geomean of all %zu", n);
    table_set(t, row, 3, "%+.2f%%", expm1(sum / (double)n) * 100);
}

static bool same_column(const struct compare_cell *a, const struct compare_cell *b)
{
    return strcmp(a->setting, b->setting) == 0 && a->only_new == b->only_new;
}

static bool shown(const struct page *p, const struct compare_cell *cell)
{
    return cell->findings && (p->all || cell->verdict != VERDICT_SAME);
}

static void print_column(const struct page *p, size_t first, size_t end)
{
    const struct compare_cell *cell = &p->c->cell[first];
    struct table t;
    char head[80], span[120];
    const char *unit = "cost";
    size_t rows = 0;
    bool tests[2] = {false, false};
    for (size_t i = first; i < end; i++) {
        const struct finding *f = compare_finding(&p->c->cell[i], METRIC_COST);
        const struct finding *entries = compare_finding(&p->c->cell[i], METRIC_ENTRIES);
        unit = f && *f->unit ? f->unit : unit;
        if (!shown(p, &p->c->cell[i]))
            continue;
        tests[0] = tests[0] || (f && !f->exact);
        tests[1] = tests[1] || (entries && !entries->exact);
        rows++;
    }
    if (!rows)
        return;
    table_start(&t);
    text_format(head, sizeof(head), "%.30s %.30s", cell->mode, cell->hypervisor);
    table_column(&t, "", head, false);
    text_format(span, sizeof(span), "%.40s", unit);
    for (int i = 0; i < 2; i++) {
        table_column(&t, i ? "entries" : span, "base", true);
        table_column(&t, i ? "entries" : span, "new", true);
        table_column(&t, i ? "entries" : span, "change", true);
        if (tests[i])
            table_column(&t, i ? "entries" : span, "test", false);
    }
    for (size_t i = first; i < end; i++) {
        if (!shown(p, &p->c->cell[i]))
            continue;
        size_t row = table_row(&t);
        table_set(&t, row, 0, "%s", p->c->cell[i].workload);
        set_metric(&t, row, 1, compare_finding(&p->c->cell[i], METRIC_COST), tests[0]);
        set_metric(&t, row, tests[0] ? 5 : 4, compare_finding(&p->c->cell[i], METRIC_ENTRIES), tests[1]);
    }
    set_geomean(p, &t, first, end);
    table_print(&t, markdown(p) ? TABLE_MARKDOWN : p->format == COMPARE_COLOUR ? TABLE_COLOUR : TABLE_TEXT, p->out);
    table_free(&t);
    fputc('\n', p->out);
}

void compare_print_table(const struct comparison *c, const struct compare_names *n, enum compare_format format,
                         bool all, FILE *out)
{
    const struct page p = {c, n, format, all, out};
    print_head(&p);
    print_words(&p);
    for (size_t first = 0, end; first < c->cells; first = end) {
        for (end = first + 1; end < c->cells && same_column(&c->cell[first], &c->cell[end]); end++)
            ;
        print_column(&p, first, end);
    }
    if (!markdown(&p)) {
        char summary[400];
        compare_summary(c, summary, sizeof(summary));
        fprintf(out, "%s\n", summary);
    }
}
