/* history_html.c: the trend page: the verdict first, then every step, every series as a drawing, every night. */
#include "reports/common/number.h"
#include "common/text.h"
#include "reports/history/history.h"
#include "reports/html/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 500 /* in the table; the drawings have all of them */

static void tile(const char *name, size_t value, const char *more, FILE *out)
{
    fprintf(out, "<div><dt>%s</dt><dd>%zu<small>", name, value);
    html_text(more, out);
    fputs("</small></dd></div>\n", out);
}

static void tiles(const struct history *h, FILE *out)
{
    size_t exact = 0, steps = 0, nights = 0;
    char more[80], first[16], last[16];
    for (size_t i = 0; i < h->all; i++) {
        exact += h->series[i].exact;
        steps += h->series[i].steps;
    }
    for (unsigned n = 0; n < h->nights; n++)
        for (size_t i = 0, found = 0; i < h->all && !found; i++)
            for (size_t k = 0; k < h->series[i].steps && !found; k++)
                nights += found = h->result[h->series[i].step[k].at].night == n;
    history_day(&h->result[0], first);
    history_day(history_newest(h), last);
    fputs("<dl class=\"tiles\">\n", out);
    text_format(more, sizeof(more), "%s to %s", first, last);
    tile("nights", h->nights, more, out);
    snprintf(more, sizeof(more), "%zu exact, %zu noisy", exact, h->all - exact);
    tile("series", h->all, more, out);
    snprintf(more, sizeof(more), "in %zu nights", nights);
    tile("steps", steps, more, out);
    snprintf(more, sizeof(more), "%zu better, %zu inconclusive", h->verdicts[VERDICT_BETTER],
             h->verdicts[VERDICT_INCONCLUSIVE]);
    tile("worse in the newest night", h->verdicts[VERDICT_WORSE], more, out);
    fputs("</dl>\n", out);
}

/* What makes the newest night's verdict. */
static void findings(const struct history *h, FILE *out)
{
    fputs("<ul class=\"findings\">\n", out);
    for (size_t i = 0; i < h->all; i++) {
        const struct history_series *s = &h->series[i];
        char place[300], text[HISTORY_SENTENCE];
        if (s->verdict == VERDICT_SAME || s->verdict == VERDICT_CHANGED)
            continue;
        text_format(text, sizeof(text), "%s", s->why);
        for (size_t k = 0; k < s->steps; k++)
            if (s->step[k].noisy ? s->step[k].tonight : history_tonight(h, s->step[k].at))
                history_sentence(h, s, &s->step[k], text, sizeof(text));
        history_place(h, s, place, sizeof(place));
        fprintf(out, "<li><strong%s>%s</strong> ", s->verdict == VERDICT_WORSE ? " class=\"bad\"" : "",
                verdict_names[s->verdict]);
        html_format(out, "%s: ", place);
        html_text(text, out);
        fputs("</li>\n", out);
    }
    for (size_t i = 0; i < h->list.lefts; i++) {
        fputs("<li><strong>left out</strong> ", out);
        html_format(out, "%s: %s", h->list.left[i].path, h->list.left[i].why);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static void steps(const struct history *h, FILE *out)
{
    struct table t;
    size_t count = 0;
    table_start(&t);
    table_column(&t, "", "night", false);
    table_column(&t, "", "where", false);
    table_column(&t, "", "verdict", false);
    table_column(&t, "", "what moved", false);
    table_column(&t, "", "build", false);
    for (size_t n = h->results; n-- > 0;)
        for (size_t i = 0; i < h->all; i++)
            for (size_t k = 0; k < h->series[i].steps; k++) {
                const struct history_series *s = &h->series[i];
                const struct history_step *step = &s->step[k];
                char place[300], text[HISTORY_SENTENCE], day[16];
                if (step->at != n || count++ >= STEPS_MAX)
                    continue;
                size_t row = table_row(&t);
                history_day(&h->result[n], day);
                table_set(&t, row, 0, "%s", day);
                history_place(h, s, place, sizeof(place));
                table_set(&t, row, 1, "%s", place);
                table_set(&t, row, 2, "%s%s", verdict_names[step->verdict],
                          step->experiment ? ", with the experiment" : "")
                    ->bad = step->verdict == VERDICT_WORSE;
                history_sentence(h, s, step, text, sizeof(text));
                table_set(&t, row, 3, "%s", text);
                history_builds(h, s, step, text, sizeof(text));
                table_set(&t, row, 4, "%s", text);
            }
    fputs("<h2 id=\"steps\">Steps</h2>\n", out);
    if (!count)
        fputs("<p>Nothing ever stepped.</p>\n", out);
    else
        html_table(&t, &(struct html_table){.caption = "Every step, the newest first", .sortable = true, .prose = true},
                   out);
    if (count > STEPS_MAX)
        fprintf(out, "<p>%zu older steps are not in this table; the drawings below have them.</p>\n",
                count - STEPS_MAX);
    table_free(&t);
}

static bool same_column(const struct history_series *a, const struct history_series *b)
{
    return strcmp(a->suite, b->suite) == 0 && strcmp(a->setting, b->setting) == 0;
}

/* The first result that its last one may be compared with. */
static size_t since(const struct history_series *s)
{
    size_t i = s->first;
    while (i < s->last && s->experiment[i] != s->experiment[s->last])
        i++;
    return i;
}

static void trend(const struct history *h, const struct history_series *s, FILE *out)
{
    const double *value = isnan(s->value[HISTORY_COST][s->last]) ? s->value[HISTORY_ENTRIES] : s->value[HISTORY_COST];
    const size_t begin = since(s);
    double first = value[begin], last = value[s->last];
    char number[NUMBER_SIZE], day[16];
    fputs("<div class=\"card\">\n<h4>", out);
    html_text(s->workload, out);
    fputs("</h4>\n<p>", out);
    if (!isnan(last)) {
        number_cost(number, last, s->exact);
        html_text(number, out);
    }
    history_day(&h->result[begin], day);
    fputs(" <small>", out);
    if (first > 0 && !isnan(last) && last != first)
        html_format(out, "%+.2f%% since %s", (last / first - 1) * 100, day);
    else if (!isnan(last))
        html_format(out, "as on %s", day);
    if (!history_tonight(h, s->last))
        fputs("; not measured any more", out);
    if (s->verdict != VERDICT_SAME)
        fprintf(out, "; <span%s>%s</span>", s->verdict == VERDICT_WORSE ? " class=\"bad\"" : "",
                verdict_names[s->verdict]);
    fputs("</small></p>\n", out);
    history_chart(h, s, out);
    fputs("</div>\n", out);
}

/* Exact, and the same every night: a line of text says as much as a drawing. */
static bool level(const struct history_series *s)
{
    return s->exact && !s->entries_noisy && !s->steps && s->verdict == VERDICT_SAME;
}

static void levels(const struct history *h, const struct history_series *of, FILE *out)
{
    size_t said = 0;
    for (size_t k = 0; k < h->all; k++) {
        const struct history_series *s = &h->series[k];
        char number[NUMBER_SIZE];
        if (!same_column(s, of) || !level(s))
            continue;
        fputs(said++ ? ", " : "<p>Never moved: ", out);
        html_text(s->workload, out);
        if (!isnan(s->value[HISTORY_COST][s->last])) {
            number_cost(number, s->value[HISTORY_COST][s->last], true);
            html_format(out, "\u00a0%s", number);
        }
    }
    fputs(said ? ".</p>\n" : "", out);
}

static void column(const struct history *h, const struct history_series *of, FILE *out)
{
    size_t count = 0, moved = 0;
    for (size_t k = 0; k < h->all; k++)
        if (same_column(&h->series[k], of)) {
            count++;
            moved += !level(&h->series[k]);
        }
    fprintf(out, "<details class=\"column\"%s>\n<summary>", moved ? " open" : "");
    html_format(out, "%s on %s%s%s, suite %s", of->mode, of->hypervisor, strcmp(of->machine, "lab") == 0 ? "" : ", ",
                strcmp(of->machine, "lab") == 0 ? "" : of->machine, of->suite);
    fputs("<small>", out);
    html_format(out, "%zu workloads, %zu moved; %s", count, moved, of->unit);
    fputs("</small></summary>\n<div class=\"cards\">\n", out);
    for (size_t k = 0; k < h->all; k++)
        if (same_column(&h->series[k], of) && !level(&h->series[k]))
            trend(h, &h->series[k], out);
    fputs("</div>\n", out);
    levels(h, of, out);
    fputs("</details>\n", out);
}

static void trends(const struct history *h, FILE *out)
{
    fputs("<h2 id=\"trends\">Trends</h2>\n<p>The cost of one operation, night by night; each drawing has a scale of "
          "its own. "
          "▲ worse, ▼ better, ◆ otherwise changed; a dashed line begins another experiment.</p>\n"
          "<div class=\"tools\" data-fold=\"details.column\"></div>\n",
          out);
    for (size_t i = 0; i < h->all; i++) {
        size_t before = 0;
        while (before < i && !same_column(&h->series[before], &h->series[i]))
            before++;
        if (before == i)
            column(h, &h->series[i], out);
    }
}

/* "xen 4.17.7, kvm 6.1.0" */
static void hypervisors(const struct history_result *n, char *into, size_t size)
{
    *into = 0;
    for (size_t i = 0; i < n->builds; i++) {
        size_t used = strlen(into);
        if (i && strcmp(n->build[i].hypervisor, n->build[i - 1].hypervisor) == 0)
            continue;
        text_format(into + used, size - used, "%s%.40s %.60s", used ? ", " : "", n->build[i].hypervisor,
                    n->build[i].version);
    }
}

static void nights(const struct history *h, FILE *out)
{
    static const char *const heads[] = {
        "night", "file", "suite", "revision", "pvbench", "hypervisors", "another experiment"};
    struct table t;
    table_start(&t);
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        table_column(&t, "", heads[i], false);
    for (size_t i = h->results; i-- > 0;) {
        const struct history_result *n = &h->result[i];
        char text[600], revision[REVISION_TEXT], *file = text_clean_copy(n->file);
        size_t row = table_row(&t);
        table_set(&t, row, 0, "%s", n->date);
        table_set(&t, row, 1, "%s", file);
        free(file);
        table_set(&t, row, 2, "%s", n->suite);
        table_set(&t, row, 3, "%s", revision_text(n->revision, "", revision));
        table_set(&t, row, 4, "%s", n->pvbench);
        hypervisors(n, text, sizeof(text));
        table_set(&t, row, 5, "%s", text);
        table_set(&t, row, 6, "%s", n->different);
    }
    fputs("<h2 id=\"nights\">Nights</h2>\n", out);
    html_table(&t, &(struct html_table){.caption = "Every result, the newest first", .sortable = true}, out);
    table_free(&t);
}

void history_print_html(const struct history *h, FILE *out)
{
    static const char *const parts[][2] = {
        {"summary", "Summary"}, {"steps", "Steps"}, {"trends", "Trends"}, {"nights", "Nights"}};
    char title[64], day[16], summary[400], *folder = text_clean_copy(h->folder);
    history_day(history_newest(h), day);
    text_format(title, sizeof(title), "pvbench: history to %s", day);
    html_begin(title, "steps", "", out);
    fputs("<header>\n<h1>What virtualization costs, night by night</h1>\n<p class=\"lead\">", out);
    html_format(out, "%s · pvbench " PVB_VERSION, folder);
    free(folder);
    fputs("</p>\n</header>\n<nav aria-label=\"Parts of this page\">\n<ul>\n", out);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        fprintf(out, "<li><a href=\"#%s\">%s</a></li>\n", parts[i][0], parts[i][1]);
    fputs("</ul>\n</nav>\n<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n<p><strong>", out);
    history_summary(h, summary, sizeof(summary));
    html_text(summary, out);
    fputs("</strong></p>\n", out);
    tiles(h, out);
    findings(h, out);
    fputs("</section>\n", out);
    steps(h, out);
    trends(h, out);
    nights(h, out);
    fputs("<footer>Made by <code>pvbench history --format=html</code>. This page needs no network.</footer>\n", out);
    html_end(out);
}
