/*
 * explain_html.c: an explanation as flame graphs, one a workload and guest, as wide as what was executed: a page of
 * them, and the part of a result's page that has the like.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/explain/explain_pictures.h"
#include "reports/html/html.h"

#include <string.h>

struct explained {
    const struct explain_run *run;
    const struct explain_region *region;
    double operations;
};

static void describe(const struct flame *f, size_t frame, struct flame_words *into)
{
    static const char *const classes[] = {
        [EXPLAIN_GUEST] = "g", [EXPLAIN_HYPERVISOR] = "h", [EXPLAIN_KERNEL] = "k", [EXPLAIN_PROGRAMS] = "u"};
    const struct explained *x = f->of;
    const struct explain_node *n = &x->region->node[frame];
    const struct explain_function *of = &x->run->function[n->function];
    text_format(into->class, sizeof(into->class), "%s", classes[explain_whose(of->owner)]);
    into->name = of->name;
    into->owner = of->owner;
    text_format(into->numbers, sizeof(into->numbers), "%.10g, itself %.10g", f->frame[frame].all / x->operations,
                (double)n->self / x->operations);
}

static bool make(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                 const void *with, struct flame *into)
{
    const unsigned region = explain_region(c);
    const struct explain_region *r = &b->region[region];
    struct explained *of = memory_zeroed(1, sizeof(*of));
    (void)with;
    *of = (struct explained){run, r, explain_operations(b, region)};
    *into = (struct flame){.describe = describe, .of = of};
    flame_open(into, r->nodes);
    for (size_t i = 0; i < r->nodes; i++)
        flame_add(into, r->node[i].parent, (double)r->node[i].self);
    return r->instructions > 0;
}

static void in_short(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                     const void *with, char *into, size_t size)
{
    const unsigned region = explain_region(c);
    (void)run;
    (void)with;
    text_format(into, size, "%.10g%s", (double)b->region[region].instructions / explain_operations(b, region),
                b->region[region].has_total ? "" : " in all; it times a part of them");
}

void explain_flames(const struct explanation *x, const struct explain_choice *c, const char *class, FILE *out)
{
    static const struct explain_picture picture = {make, in_short, NULL, "Flame graph"};
    fputs("<p>In which functions the instructions of an operation are: a frame is as wide as what was executed there "
          "and below. Numbers are instructions.</p>\n",
          out);
    explain_pictures_how(out);
    fputs("<p class=\"keys\"><span class=\"key g\">guest</span> <span class=\"key h\">hypervisor</span> <span "
          "class=\"key k\">kernel of the host</span> <span class=\"key u\">programs</span></p>\n",
          out);
    explain_pictures(x, c, &picture, class, out);
}

void explain_html(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    html_begin("pvbench: where the instructions are", "graphs", flame_css, out);
    fputs("<header>\n<h1>Where the instructions are</h1>\n</header>\n<h2 id=\"graphs\">Operations</h2>\n", out);
    explain_flames(x, c, "workload", out);
    fputs("<footer>Made by <code>pvbench explain --format=html</code>. This page needs no network.</footer>\n", out);
    html_end(out);
}
