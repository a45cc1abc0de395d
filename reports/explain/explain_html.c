/*
 * explain_html.c: an explanation as a page of flame graphs, one a workload and guest: callers above, callees below, as
 * wide as what was executed. A picture is whole without a script; with it a frame can be looked at by itself (page.js).
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/common/table.h"
#include "reports/explain/explain.h"
#include "reports/html/html.h"

#include <stdlib.h>
#include <string.h>

enum { ROW = 18, TEXT_BASE = 13 };

#define NARROW 0.001 /* of the picture: who is narrower is not drawn, nor is what it called */

struct flame {
    const struct explain_run *run;
    const struct explain_region *region;
    double operations;
    uint64_t *all; /* a node's, with all below it */
    FILE *out;
};

/* Whose it is, by which the page colours it. */
static char class_of(const char *owner)
{
    static const struct {
        const char *owner;
        char class;
    } known[] = {{"guest", 'g'},   {"minivisor", 'h'}, {"xen", 'h'},     {"kvm", 'h'},
                 {"kvm_amd", 'h'}, {"kvm_intel", 'h'}, {"programs", 'u'}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(owner, known[i].owner) == 0)
            return known[i].class;
    return 'k';
}

/* x and width in percent of the picture; its words are cut where the frame ends. */
static void frame(const struct flame *f, size_t node, double x, unsigned depth)
{
    const struct explain_node *n = &f->region->node[node];
    const struct explain_function *of = &f->run->function[n->function];
    const double share = (double)f->all[node] / (double)f->region->instructions;
    fprintf(f->out, "<svg class=\"fr %c\" x=\"%.3f%%\" y=\"%u\" width=\"%.3f%%\" height=\"%d\"><title>",
            class_of(of->owner), x, depth * ROW, 100 * share, ROW - 1);
    html_text(of->name, f->out);
    fputs(" (", f->out);
    html_text(of->owner, f->out);
    fprintf(f->out, "): %.10g, itself %.10g</title><rect/>", (double)f->all[node] / f->operations,
            (double)n->self / f->operations);
    if (share > 0.012) {
        fprintf(f->out, "<text x=\"3\" y=\"%d\">", TEXT_BASE);
        html_text(of->name, f->out);
        fputs("</text>", f->out);
    }
    fputs("</svg>", f->out);
}

/* Children side by side, in the order in which they were called first. */
static void frames(const struct flame *f)
{
    const struct explain_region *r = f->region;
    double *next = memory_zeroed(r->nodes, sizeof(*next)), top = 0; /* where the next child begins */
    unsigned *depth = memory_zeroed(r->nodes, sizeof(*depth));
    for (size_t i = 0; i < r->nodes; i++) {
        const int parent = r->node[i].parent;
        double *at = parent == EXPLAIN_TOP ? &top : &next[parent];
        const double width = 100 * (double)f->all[i] / (double)r->instructions;
        depth[i] = parent == EXPLAIN_TOP ? 0 : depth[parent] + 1;
        next[i] = *at;
        if (width >= 100 * NARROW)
            frame(f, i, *at, depth[i]);
        *at += width;
    }
    free(next);
    free(depth);
}

static unsigned height(const struct flame *f)
{
    unsigned *depth = memory_zeroed(f->region->nodes, sizeof(*depth)), most = 0;
    for (size_t i = 0; i < f->region->nodes; i++) {
        const int parent = f->region->node[i].parent;
        depth[i] = parent == EXPLAIN_TOP ? 1 : depth[parent] + 1;
        if (depth[i] > most && (double)f->all[i] >= NARROW * (double)f->region->instructions)
            most = depth[i];
    }
    free(depth);
    return most * ROW;
}

static void picture(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                    void *with)
{
    const unsigned region = explain_region(c);
    FILE *out = with;
    struct flame f = {run, &b->region[region], explain_operations(b, region), NULL, out};
    if (!f.region->instructions)
        return;
    f.all = explain_with_callees(f.region);
    fputs("<details class=\"workload\" ", out);
    html_id("id=\"f-", run->setting, out);
    html_id("-", b->label, out);
    fputs("\">\n<summary>", out);
    html_text(b->label, out);
    fputs("<small>", out);
    html_format(out, "%s: %.10g instructions%s", run->setting, (double)f.region->instructions / f.operations,
                c->cold ? ", the first operation" : "");
    fputs("</small></summary>\n<svg class=\"flame\" role=\"group\" aria-label=\"", out);
    html_format(out, "Flame graph of %s on %s", b->label, run->setting);
    fprintf(out, "\" width=\"100%%\" height=\"%u\">", height(&f));
    frames(&f);
    fputs("</svg>\n</details>\n", out);
    free(f.all);
}

void explain_html(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    html_begin("pvbench: where the instructions are", "graphs", out);
    fputs(
        "<header>\n<h1>Where the instructions are</h1>\n<p class=\"lead\">Callers stand above what they called; a "
        "frame is "
        "as wide as what was executed there and below, per operation. A click, or Enter, shows a frame by itself, and "
        "once more shows all again, as does Escape; the arrow keys go from frame to frame.</p>\n"
        "<p><span class=\"key g\">guest</span> <span class=\"key h\">hypervisor</span> <span class=\"key k\">kernel of "
        "the host</span> <span class=\"key u\">programs</span></p>\n</header>\n<h2 id=\"graphs\">Operations</h2>\n"
        "<div class=\"tools\" data-fold=\"details.workload\"></div>\n",
        out);
    explain_each(x, c, picture, out);
    fputs("<footer>Made by <code>pvbench explain --format=html</code>. This page needs no network.</footer>\n", out);
    html_end(out);
}
