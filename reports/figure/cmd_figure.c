/* cmd_figure.c: `pvbench figure`: a result as pictures for a paper, with what is needed to draw them again. */
#include "reports/common/options.h"
#include "reports/figure/figure.h"
#include "reports/figure/gnuplot.h"
#include "reports/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *result, *dir, *only;
    unsigned formats;
};

static const struct {
    const char *name;
    enum figure_answer (*make)(const struct model *m, const char *name, unsigned formats, FILE *data, FILE *script);
    const char *missing; /* why it cannot be drawn */
} figures[] = {
    {"entries", figure_entries, "no workload was seen to enter the hypervisor"},
    {"cost", figure_cost, "no workload has a cost above 0"},
};

static const struct {
    const char *name, *ending;
    enum figure_format format;
} formats[] = {{"svg", ".svg", FIGURE_SVG}, {"pdf", ".pdf", FIGURE_PDF}, {"png", ".png", FIGURE_PNG}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char help[] =
    "Usage: pvbench figure [OPTION]... RESULT\n"
    "Draws a result with gnuplot: SUITE-entries, the entries into the hypervisor per operation,\n"
    "and SUITE-cost, the cost of an operation. Beside each stand its data (.dat) and its script (.gp).\n"
    "RESULT is a file that pvbench run wrote; - is standard input.\n\n"
    "  -o, --output=DIR       put the files there instead of into the working folder\n"
    "      --format=LIST      some of svg,pdf,png; all of them is the default\n"
    "      --only=NAME        one figure: entries or cost\n"
    "      --help             this text\n";

static int take_formats(void *into, const char *command, const char *list)
{
    struct command *c = into;
    c->formats = 0;
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        size_t n = strcspn(at, ","), i = 0;
        while (i < COUNT(formats) && (strlen(formats[i].name) != n || strncmp(at, formats[i].name, n) != 0))
            i++;
        if (i == COUNT(formats))
            return report_usage(command, "--format %s: %.*s is not known; known are svg, pdf and png", list, (int)n,
                                at);
        c->formats |= formats[i].format;
    }
    return 0;
}

/* -1: go on; else the exit status. */
static int read_options(struct command *c, int argc, char **argv)
{
    const char *names[COUNT(figures) + 1] = {NULL};
    unsigned only = COUNT(figures);
    const struct option_row rows[] = {{"format", .take = take_formats, .into = c},
                                      {"only", .choice = &only, .choices = names}};
    const struct option_table table = {help, rows, COUNT(rows), &c->dir, &c->result, 1, 1, "give one result"};
    for (size_t i = 0; i < COUNT(figures); i++)
        names[i] = figures[i].name;
    int status = options_read(&table, argc, argv);
    if (only < COUNT(figures))
        c->only = figures[only].name;
    if (!c->dir || !*c->dir)
        c->dir = ".";
    return status;
}

static FILE *create(const struct gnuplot *g, const char *name, const char *ending)
{
    char *path = NULL;
    FILE *f = NULL;
    if (asprintf(&path, "%s/%s%s", g->work, name, ending) >= 0)
        f = fopen(path, "we");
    free(path);
    return f;
}

static int close_both(FILE *a, FILE *b)
{
    int bad = !a || !b || ferror(a) || ferror(b);
    if (a && fclose(a))
        bad = 1;
    if (b && fclose(b))
        bad = 1;
    return bad;
}

/* 1: there is nothing to draw. */
static int write_sources(const struct command *c, const struct gnuplot *g, size_t i, const struct model *m,
                         const char *name, struct report_error *e)
{
    FILE *data = create(g, name, ".dat"), *script = create(g, name, ".gp");
    enum figure_answer answer = FIGURE_NOTHING;
    if (data && script)
        answer = figures[i].make(m, name, c->formats, data, script);
    if (close_both(data, script))
        return report_fail(e, "%s/%s: cannot be written: %s; give another folder with -o", c->dir, name,
                           strerror(errno));
    return answer == FIGURE_NOTHING;
}

static int keep(const struct command *c, const struct gnuplot *g, const char *name, struct report_error *e)
{
    int bad = gnuplot_keep(g, name, ".dat", e) || gnuplot_keep(g, name, ".gp", e);
    for (size_t i = 0; i < COUNT(formats) && !bad; i++)
        if (c->formats & formats[i].format)
            bad = gnuplot_keep(g, name, formats[i].ending, e);
    for (size_t i = 0; i < COUNT(formats) && !bad; i++)
        if (c->formats & formats[i].format)
            printf("%s/%s%s\n", c->dir, name, formats[i].ending);
    if (!bad)
        printf("%s/%s.dat\n%s/%s.gp\n", c->dir, name, c->dir, name);
    return bad;
}

/* 1: there is nothing to draw. */
static int draw(const struct command *c, const struct gnuplot *g, size_t i, const struct model *m,
                struct report_error *e)
{
    char name[96];
    snprintf(name, sizeof(name), "%.64s-%s", m->result->suite, figures[i].name);
    int bad = write_sources(c, g, i, m, name, e);
    if (bad == 1)
        fprintf(stderr, "pvbench: %s: no figure %s: %s\n", c->result, name, figures[i].missing);
    if (!bad)
        bad = gnuplot_run(g, name, e) || keep(c, g, name, e) ? -1 : 0;
    return bad;
}

static int draw_all(const struct command *c, const struct model *m, struct report_error *e)
{
    struct gnuplot g;
    unsigned drawn = 0;
    int bad = 0;
    if (!m->rows)
        return report_fail(e, "%s: runs: hold no workload; run the suite first", c->result);
    if (m->rows * m->columns > FIGURE_ROWS_MAX)
        return report_fail(e, "%s: runs: make %zu bars, and a page holds %d; make smaller suites", c->result,
                           m->rows * m->columns, FIGURE_ROWS_MAX);
    bad = gnuplot_open(&g, c->dir, e);
    for (size_t i = 0; i < COUNT(figures) && bad >= 0; i++) {
        if (c->only && strcmp(c->only, figures[i].name) != 0)
            continue;
        bad = draw(c, &g, i, m, e);
        drawn += bad == 0;
    }
    gnuplot_close(&g);
    if (bad >= 0 && !drawn)
        return report_fail(e, "%s: runs: hold nothing that can be drawn; see pvbench report", c->result);
    if (bad >= 0 && fflush(stdout))
        return report_fail(e, "standard output: cannot be written: %s", strerror(errno));
    return bad < 0 ? -1 : 0;
}

int pvb_cmd_figure(int argc, char **argv)
{
    struct command c = {.dir = ".", .formats = FIGURE_SVG | FIGURE_PDF | FIGURE_PNG};
    struct report_error e = {""};
    struct result r;
    struct model m;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    int bad = result_load(&r, c.result, &e);
    if (!bad) {
        bad = model_make(&m, &r, c.result, &e);
        if (!bad)
            bad = draw_all(&c, &m, &e);
        model_free(&m);
        result_free(&r);
    }
    if (bad)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return bad ? 1 : 0;
}
