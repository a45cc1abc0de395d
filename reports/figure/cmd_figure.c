/* cmd_figure.c: `pvbench figure`: a result as pictures for a paper, with what is needed to draw them again. */
#include "common/memory.h"
#include "common/options.h"
#include "common/text.h"
#include "common/usage.h"
#include "reports/explain/explain.h"
#include "reports/figure/figure_draw.h"
#include "reports/figure/tables.h"
#include "reports/report.h"
#include "reports/result/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RESULTS_MAX  RESULT_SOURCES_MAX
#define ALL_FORMATS  (FIGURE_SVG | FIGURE_PDF | FIGURE_PNG | FIGURE_CAIROLATEX)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct figure_command {
    const char *result[RESULTS_MAX], *dir, *paper;
    struct figure_style style;
    struct filter *filter;
    bool figure[FIGURE_KINDS], table[TABLE_KINDS]; /* asked for */
    bool asked;
};

struct source {
    const char *path;
    struct result result;
    struct model model;
    struct explanation explained;
    bool is_explained;
};

#define FIGURE_HELP(name, shows, missing, usual) "                             " #name ": " shows "\n"
#define FIGURES_HELP                             FIGURES(FIGURE_HELP)
static const char help[] =
    "Usage: pvbench figure [OPTION]... RESULT...\n"
    "Draws results with gnuplot. Beside each figure stand its data (.dat) and its script (.gp):\n"
    "gnuplot FIGURE.gp draws the same files again. A figure that is longer than a page comes in\n"
    "parts. RESULT is a file that pvbench run wrote; - is standard input. Several of one suite are\n"
    "drawn as one, by the rules of pvbench merge.\n\n"
    "      --paper=DIR            all figures and tables, in all formats, into DIR\n"
    "  -o, --output=DIR           put the files there instead of into the working folder\n"
    "      --only=NAME[,NAME]...  instead of entries and cost, some of\n" FIGURES_HELP
    "                             lmbench: a table, in LaTeX and Markdown, in lmbench's terms\n"
    "                             dall: the same in those of Dall et al., ISCA 2016\n"
    "                             xen2003: the suite linux beside Barham et al., SOSP 2003\n"
    "      --format=LIST          some of svg,pdf,png,cairolatex; svg,pdf,png is the default\n"
    "      --width=WIDTH          page (6.5 in, the default), column (3.35 in) or a number of points\n"
    "      --height=POINTS        the most that a figure may take of a page (640)\n"
    "      --font=NAME            DejaVu Sans is the default; a wider font may not fit\n"
    "      --font-size=POINTS     of names and axes, 5 to 14 (8); small words follow\n"
    "      --base=HYPERVISOR/MODE what normalized costs are multiples of; native, else the first hvm\n" FILTER_HELP_29
    "      --help                 this text\n";

/* What follows the first name of a list that is parted by commas; NULL at its end. */
static const char *after(const char *list)
{
    const char *comma = strchr(list, ',');
    return comma ? comma + 1 : NULL;
}

static bool is(const char *name, const char *at, size_t n)
{
    return strlen(name) == n && strncmp(name, at, n) == 0;
}

static int take_formats(void *into, const char *command, const char *list)
{
    struct figure_style *style = into;
    char known[100];
    style->formats = 0;
    for (const char *at = list; at; at = after(at)) {
        size_t n = strcspn(at, ","), i = 0;
        while (figure_formats[i] && !is(figure_formats[i], at, n))
            i++;
        options_list(figure_formats, known, sizeof(known));
        if (!figure_formats[i])
            return usage_error(command, "--format %.60s: %.*s is not known; known are %s", list, (int)n, at, known);
        style->formats |= 1u << i;
    }
    return 0;
}

static bool ask(struct figure_command *c, const char *name, size_t n)
{
    for (size_t i = 0; i < FIGURE_KINDS; i++)
        if (is(figure_kinds[i].name, name, n))
            return c->figure[i] = true;
    for (size_t i = 0; i < TABLE_KINDS; i++)
        if (is(table_kinds[i].name, name, n))
            return c->table[i] = true;
    return false;
}

static int take_only(void *into, const char *command, const char *list)
{
    struct figure_command *c = into;
    const char *names[FIGURE_KINDS + TABLE_KINDS + 1] = {NULL};
    char known[200];
    for (size_t i = 0; i < FIGURE_KINDS; i++)
        names[i] = figure_kinds[i].name;
    for (size_t i = 0; i < TABLE_KINDS; i++)
        names[FIGURE_KINDS + i] = table_kinds[i].name;
    options_list(names, known, sizeof(known));
    c->asked = c->style.asked = true;
    for (const char *at = list; at; at = after(at)) {
        size_t n = strcspn(at, ",");
        if (!ask(c, at, n))
            return usage_error(command, "--only %.60s: %.*s is not known; known are %s", list, (int)n, at, known);
    }
    return 0;
}

static bool read_points(const char *text, double least, double most, double *into)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= least && value <= most))
        return false;
    *into = value;
    return true;
}

static int take_width(void *into, const char *command, const char *text)
{
    double *width = into;
    if (strcmp(text, "page") == 0)
        *width = FIGURE_PAGE_WIDTH;
    else if (strcmp(text, "column") == 0)
        *width = FIGURE_COLUMN_WIDTH;
    else if (!read_points(text, 200, 1500, width))
        return usage_error(command, "--width %.40s is neither page, column nor a number of points from 200 to 1500",
                           text);
    return 0;
}

static int take_height(void *into, const char *command, const char *text)
{
    return read_points(text, 150, 5000, into)
               ? 0
               : usage_error(command, "--height %.40s is not a number of points from 150 to 5000", text);
}

static int take_size(void *into, const char *command, const char *text)
{
    return read_points(text, 5, 14, into)
               ? 0
               : usage_error(command, "--font-size %.40s is not a number of points from 5 to 14", text);
}

/* It goes into gnuplot's font specification, where a comma would begin the size. */
static int take_font(void *into, const char *command, const char *text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -";
    if (!*text || strspn(text, good) != strlen(text) || strlen(text) > 60)
        return usage_error(command, "--font %.60s is not the name of a font: letters, digits, blanks, -", text);
    *(const char **)into = text;
    return 0;
}

/* -1: go on; else the exit status. */
static int read_options(struct figure_command *c, int argc, char **argv)
{
    struct figure_style *s = &c->style;
    const struct option_row rows[] = {{"paper", .text = &c->paper},
                                      {"only", .take = take_only, .into = c},
                                      {"format", .take = take_formats, .into = s},
                                      {"width", .take = take_width, .into = &s->width},
                                      {"height", .take = take_height, .into = &s->most_height},
                                      {"font", .take = take_font, .into = &s->font},
                                      {"font-size", .take = take_size, .into = &s->size},
                                      {"base", .text = &s->base},
                                      FILTER_OPTIONS(c->filter)};
    const struct option_table table = {
        help, rows, COUNT(rows), &c->dir, c->result, 1, RESULTS_MAX, "result", "give 64 results at most"};
    const unsigned usual = s->formats;
    s->formats = 0;
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    if (c->paper && c->dir)
        return usage_error(argv[0], "--paper names a folder already; leave out -o");
    if (c->paper)
        c->dir = c->paper;
    if (!c->dir || !*c->dir)
        c->dir = ".";
    if (!s->formats)
        s->formats = c->paper ? ALL_FORMATS : usual;
    for (size_t i = 0; i < FIGURE_KINDS && !c->asked; i++)
        c->figure[i] = c->paper || figure_kinds[i].usual;
    for (size_t i = 0; i < TABLE_KINDS && !c->asked; i++)
        c->table[i] = c->paper;
    return -1;
}

/* Why one of them is not drawn: a word in passing, or the error if nothing else is drawn. */
static void tell(struct report_error *why)
{
    if (*why->text)
        text_print(stderr, "pvbench: %s", why->text);
    *why->text = 0;
}

static int draw_all(const struct figure_command *c, struct gnuplot *g, const struct source *s, struct report_error *e)
{
    const struct figure_source of = {s->path, &s->model, s->is_explained ? &s->explained : NULL};
    struct report_error why = {""};
    unsigned drawn = 0;
    int bad = 0;
    for (size_t i = 0; i < FIGURE_KINDS && bad >= 0; i++)
        if (c->figure[i]) {
            tell(&why);
            bad = figure_draw(&figure_kinds[i], &of, &c->style, g, &why);
            drawn += bad == 0;
        }
    for (size_t i = 0; i < TABLE_KINDS && bad >= 0; i++)
        if (c->table[i]) {
            tell(&why);
            bad = table_make(&table_kinds[i], &s->model, g, s->path, &why);
            drawn += bad == 0;
        }
    if (bad >= 0 && drawn)
        tell(&why);
    *e = why;
    if (bad >= 0 && !drawn && !*why.text)
        return report_fail(e, "%s: runs: hold nothing that can be drawn; see pvbench report", s->path);
    return bad < 0 || !drawn ? -1 : 0;
}

/* What can be said before anything is drawn. */
static int check(const struct figure_command *c, const struct source *last, struct report_error *e)
{
    char name[160];
    bool found = !c->style.base;
    if (filter_check(c->filter, result_name(last->path), e))
        return -1;
    if (!last->model.rows)
        return report_fail(e, "%s: runs: hold no workload; run the suite first", last->path);
    if (last->model.rows > FIGURE_ROWS_MAX)
        return report_fail(e, "%s: runs: hold %zu workloads, and %d can be drawn; make smaller suites", last->path,
                           last->model.rows, FIGURE_ROWS_MAX);
    for (unsigned i = 0; i < last->model.columns && !found; i++) {
        snprintf(name, sizeof(name), "%s/%s", last->model.column[i].hypervisor, last->model.column[i].mode);
        found = strcmp(name, c->style.base) == 0;
    }
    return found ? 0
                 : report_fail(e, "%s: --base: there is no %.60s in it; give another HYPERVISOR/MODE", last->path,
                               c->style.base);
}

/* The results of one suite: files are named by it. */
struct group {
    json_t *document[RESULTS_MAX];
    const char *path[RESULTS_MAX];
    size_t count;
};

static bool same_suite(const json_t *a, const json_t *b)
{
    const json_t *one = json_object_get(json_object_get(a, "suite"), "name");
    const json_t *other = json_object_get(json_object_get(b, "suite"), "name");
    return one && other && json_equal(one, other);
}

/* The group is empty afterwards, whatever comes of it. */
static int take_group(const struct figure_command *c, struct group *g, struct source *s, struct report_error *e)
{
    const bool is_one = g->count == 1; /* an explanation is of one result; `merge` makes one of several */
    s->path = g->path[0];
    int bad = merge_result(&s->result, g->document, g->path, g->count, e);
    g->count = 0;
    if (bad || model_make(&s->model, &s->result, c->filter, s->path, e) || check(c, s, e))
        return -1;
    s->is_explained =
        is_one && c->figure[FIGURE_functions] && explain_beside(&s->explained, s->path, s->result.document);
    return 0;
}

static int read_group(const char *path, struct group *group, struct report_error *e)
{
    json_t *document = result_read(path, e);
    size_t at = 0;
    if (!document)
        return -1;
    while (group[at].count && !same_suite(group[at].document[0], document))
        at++;
    group[at].document[group[at].count] = document;
    group[at].path[group[at].count++] = path;
    return 0;
}

static int load(const struct figure_command *c, struct source *source, size_t *sources, struct report_error *e)
{
    struct group *group = memory_zeroed(RESULTS_MAX + 1, sizeof(*group));
    int bad = 0;
    for (size_t i = 0; i < RESULTS_MAX && c->result[i] && !bad; i++)
        bad = read_group(c->result[i], group, e);
    for (size_t i = 0; group[i].count && !bad; i++) {
        bad = take_group(c, &group[i], &source[i], e);
        *sources = i + 1;
    }
    for (size_t i = 0; i < RESULTS_MAX; i++)
        for (size_t j = 0; j < group[i].count; j++)
            json_decref(group[i].document[j]);
    free(group);
    return bad;
}

static int draw_sources(const struct figure_command *c, const struct source *source, size_t sources,
                        struct report_error *e)
{
    struct gnuplot g;
    int bad = gnuplot_open(&g, c->dir, e);
    for (size_t i = 0; i < sources && !bad; i++)
        bad = draw_all(c, &g, &source[i], e);
    if (!bad)
        bad = gnuplot_publish(&g, e);
    return gnuplot_close(&g, bad, e);
}

int pvb_cmd_figure(int argc, char **argv)
{
    struct filter filter = {.guest = false};
    struct figure_command c = {.style = FIGURE_STYLE(FIGURE_SVG | FIGURE_PDF | FIGURE_PNG), .filter = &filter};
    struct report_error e = {""};
    size_t sources = 0;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    /* All are read before the first is drawn: a bad one leaves nothing behind. */
    struct source *source = calloc(RESULTS_MAX, sizeof(*source));
    int bad = !source ? report_fail(&e, "out of memory") : load(&c, source, &sources, &e);
    if (!bad)
        bad = draw_sources(&c, source, sources, &e);
    if (!bad && fflush(stdout))
        bad = report_fail(&e, "standard output: cannot be written: %s", strerror(errno));
    for (size_t i = 0; i < sources; i++) {
        if (source[i].is_explained)
            explain_free(&source[i].explained);
        model_free(&source[i].model);
        result_free(&source[i].result);
    }
    free(source);
    if (bad)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return bad ? 1 : 0;
}
