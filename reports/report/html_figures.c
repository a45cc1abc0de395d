/* html_figures.c: the figures of reports/figure, drawn for a page instead of a folder. */
#include "reports/figure/figure.h"
#include "reports/figure/gnuplot.h"
#include "reports/html/html.h"
#include "reports/report/html_report.h"
#include "reports/result/variants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *title, *caption, *missing; /* the last: why there is none; NULL: it is not missed */
    figure_shape *make;
} figures[HTML_FIGURES] = {
    {"heatmap", "Modes by subsystem",
     "Costs as multiples of the cheapest column's: the geometric mean over a subsystem's workloads.",
     "no workload has a cost above 0 in two columns", figure_heatmap},
    {"entries", "Entries into the hypervisor",
     "Entries per operation, by kind: F forwarded events, H hypercalls, E emulated instructions, X VM exits. "
     "The table of entries above has the same numbers.",
     "no workload was seen to enter the hypervisor", figure_entries},
    {"mitigations", "What each way changes",
     "Cost of an operation over its cost with the hypervisor started as it ships; in the lab " VARIANTS_CODE_ALONE ".",
     NULL, figure_mitigations},
    {"isolation", "Beside other guests",
     "Change of the mean cost of an operation in per cent, beside other guests on the same processor.", NULL,
     figure_isolation},
    {"density", "The next guest", "What Xen's toolstack does for one more guest, against how many are there.", NULL,
     figure_density},
    {"fairness", "Shares of the processor",
     "The share that a guest got beside others that never sleep, over the share that is due to it by its weight.", NULL,
     figure_fairness},
    {"cost", "Cost of an operation",
     "Median cost of one operation, on a logarithmic scale: the numbers of the table of "
     "costs above.",
     "no workload has a cost above 0", figure_cost},
};

#define TALL 1.9 /* times as high as wide */

static FILE *open_in(const struct gnuplot *g, const char *name, const char *ending, const char *mode)
{
    char *path = NULL;
    FILE *f = NULL;
    if (asprintf(&path, "%s/%s%s", g->work.path, name, ending) >= 0)
        f = fopen(path, mode);
    free(path);
    return f;
}

static int draw(struct html_figures *f, size_t i, const struct gnuplot *g, const struct model *m,
                struct report_error *e)
{
    static const struct figure_style style = FIGURE_STYLE(FIGURE_SVG);
    const char *name = figures[i].name;
    size_t size;
    FILE *data = open_in(g, name, ".dat", "we"), *script = open_in(g, name, ".gp", "we");
    enum figure_answer answer = FIGURE_NOTHING;
    struct figure figure = {.m = m, .whole = m, .style = &style, .name = name, .data = data, .script = script};
    if (data && script)
        answer = figures[i].make(&figure);
    bool bad = !data || !script;
    bad = (data && fclose(data)) || bad;
    bad = (script && fclose(script)) || bad;
    if (bad)
        return report_fail(e, "%s: cannot be written to: %s; give another folder in TMPDIR", g->dir, strerror(errno));
    if (answer == FIGURE_NOTHING) {
        snprintf(f->why[i], sizeof(f->why[i]), "%s", figures[i].missing ? figures[i].missing : "");
        return 0;
    }
    if (gnuplot_run(g, name, e))
        return -1;
    f->svg[i] = gnuplot_read(g, name, ".svg", &size, e);
    return f->svg[i] ? 0 : -1;
}

int html_figures_draw(struct html_figures *f, const struct model *m, struct report_error *e)
{
    const char *tmp = getenv("TMPDIR");
    struct gnuplot g;
    *f = (struct html_figures){{NULL}, {""}};
    if (m->rows > FIGURE_ROWS_MAX) {
        for (size_t i = 0; i < HTML_FIGURES; i++)
            snprintf(f->why[i], sizeof(f->why[i]),
                     "the result has %zu workloads, and a figure holds %d; see the tables", m->rows, FIGURE_ROWS_MAX);
        return 0;
    }
    int bad = gnuplot_open(&g, tmp && *tmp ? tmp : "/tmp", e);
    for (size_t i = 0; i < HTML_FIGURES && !bad; i++)
        bad = draw(f, i, &g, m, e);
    bad = gnuplot_close(&g, bad, e);
    if (bad)
        html_figures_free(f);
    return bad;
}

void html_figures_free(struct html_figures *f)
{
    for (size_t i = 0; i < HTML_FIGURES; i++) {
        free(f->svg[i]);
        f->svg[i] = NULL;
    }
}

/* Higher than a page of paper, where it would be cut or too small to be read. */
static bool is_tall(const char *svg)
{
    const char *box = strstr(svg, "viewBox=\"");
    double left, top, width, height;
    return box && sscanf(box, "viewBox=\"%lf %lf %lf %lf", &left, &top, &width, &height) == 4 && height > TALL * width;
}

void html_figures_print(const struct html_figures *f, FILE *out)
{
    fputs("<h2 id=\"figures\">Figures</h2>\n", out);
    for (size_t i = 0; i < HTML_FIGURES; i++) {
        char prefix[16];
        if (!f->svg[i] && !*f->why[i])
            continue;
        snprintf(prefix, sizeof(prefix), "f%zu-", i);
        fprintf(out, "<h3>%s</h3>\n", figures[i].title);
        if (!f->svg[i]) {
            fputs("<p>Not drawn: ", out);
            html_text(f->why[i], out);
            fputs(".</p>\n", out);
            continue;
        }
        if (is_tall(f->svg[i]))
            fputs(
                "<p class=\"paper\">Higher than a page: <code>pvbench figure</code> draws it in parts, and the tables "
                "above have its numbers.</p>\n",
                out);
        fprintf(out, "<figure%s>\n<div class=\"pane\" role=\"region\" tabindex=\"0\" aria-label=\"Figure: %s\">\n",
                is_tall(f->svg[i]) ? " class=\"tall\"" : "", figures[i].title);
        html_svg(f->svg[i], prefix, figures[i].title, out);
        fprintf(out, "</div>\n<figcaption>%s</figcaption>\n</figure>\n", figures[i].caption);
    }
}
