/*
 * explain_changed.c: what changed from one explanation to another, call by call: as flame graphs, and as stacks with
 * both numbers for other programs. explain_against.c has it function by function.
 *
 * A frame is as wide as the larger of what its function executed before and now, and all below it are: so what is gone
 * has its place, too. Its colour says what the function itself executes more or less, not what it calls does: else
 * every caller of something that changed would have it. Words say the same as the colour.
 */
#include "common/text.h"
#include "reports/explain/explain_pair.h"
#include "reports/explain/explain_pictures.h"
#include "reports/html/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct explain_pair *pair_with(const struct explanation *base, const struct explain_run *run,
                                      const struct explain_bench *b, const struct explain_choice *c)
{
    const struct explain_run *base_run;
    const struct explain_bench *before = explain_find_before(base, c, run, b->label, &base_run);
    return before ? explain_pair_make(run, b, base_run, before, explain_region(c)) : NULL;
}

/* --- flame graphs ------------------------------------------------------------ */

#define STRONG 0.5 /* of the largest change of its picture */
#define WEAK   0.1

static void choose_class(double change, double most, char *into, size_t size)
{
    const double share = most > 0 ? fabs(change) / most : 0;
    if (change == 0)
        text_format(into, size, "same");
    else
        text_format(into, size, "%s%d", change > 0 ? "more" : "less", share >= STRONG ? 3 : share >= WEAK ? 2 : 1);
}

static void describe(const struct flame *f, size_t frame, struct flame_words *into)
{
    const struct explain_pair *p = f->of;
    const struct explain_pair_node *n = &p->node[frame];
    const double change = explain_pair_change(p, frame), *operations = p->operations;
    const char *only = n->there[PAIR_NOW] ? n->there[PAIR_BEFORE] ? "" : " new" : " gone";
    double self[PAIR_SIDES], all[PAIR_SIDES];
    for (unsigned side = 0; side < PAIR_SIDES; side++) {
        self[side] = explain_thousandth((double)n->self[side] / operations[side]);
        all[side] = explain_thousandth((double)n->all[side] / operations[side]);
    }
    choose_class(change, p->largest_change, into->class, sizeof(into->class));
    text_append(into->class, sizeof(into->class), "%s", only);
    into->name = n->is->name;
    into->owner = n->is->owner;
    if (change != 0)
        text_format(into->change, sizeof(into->change), "%s %+.10g", only, change);
    else
        text_format(into->change, sizeof(into->change), "%s", only);
    text_format(into->numbers, sizeof(into->numbers), "%.10g, was %.10g; itself %.10g, was %.10g", all[PAIR_NOW],
                all[PAIR_BEFORE], self[PAIR_NOW], self[PAIR_BEFORE]);
}

static bool make(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                 const void *base, struct flame *into)
{
    struct explain_pair *p = pair_with(base, run, b, c);
    if (!p)
        return false;
    *into = (struct flame){.describe = describe, .of = p};
    flame_open(into, p->nodes);
    for (size_t i = 0; i < p->nodes; i++)
        flame_add(into, p->node[i].parent,
                  fmax((double)p->node[i].self[PAIR_BEFORE] / p->operations[PAIR_BEFORE],
                       (double)p->node[i].self[PAIR_NOW] / p->operations[PAIR_NOW]));
    return p->largest_change > 0;
}

static void in_short(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                     const void *base, char *into, size_t size)
{
    const unsigned region = explain_region(c);
    struct explain_pair *p = pair_with(base, run, b, c);
    const struct explain_run *base_run;
    const struct explain_bench *before = explain_find_before(base, c, run, b->label, &base_run);
    if (!p) {
        text_format(into, size, "not in the other explanation");
    } else if (p->largest_change == 0) {
        text_format(into, size, "as before");
    } else {
        const double now = (double)b->region[region].instructions / p->operations[PAIR_NOW],
                     was = (double)before->region[region].instructions / p->operations[PAIR_BEFORE];
        text_format(into, size, "%+.10g (%.10g, was %.10g)", explain_thousandth(now - was), explain_thousandth(now),
                    explain_thousandth(was));
    }
    free(p);
}

void explain_changed_html(const struct explanation *x, const struct explanation *base, const struct explain_choice *c,
                          FILE *out)
{
    const struct explain_picture picture = {make, in_short, base, "Differential flame graph"};
    html_begin("pvbench: what changed", "graphs", flame_css, out);
    fputs(
        "<header>\n<h1>What changed in an operation</h1>\n</header>\n<h2 id=\"graphs\">Operations</h2>\n<p>A frame is "
        "as wide as the larger of what was executed before and now, there and below. Its colour, and the number "
        "behind its name, say by how many instructions the function itself changed, not what it called.</p>\n",
        out);
    explain_pictures_how(out);
    fputs(
        "<p class=\"keys\"><span class=\"key more1\">+</span> <span class=\"key more2\">++</span> <span class=\"key "
        "more3\">+N: more than before</span> <span class=\"key less1\">-</span> <span class=\"key less2\">--</span> "
        "<span class=\"key less3\">-N: less</span> <span class=\"key same\">as before</span> <span class=\"key more3 "
        "new\">new +N: was not there</span> <span class=\"key less3 gone\">gone -N: is not there any more</span></p>\n",
        out);
    explain_pictures(x, c, &picture, "workload", out);
    fputs(
        "<footer>Made by <code>pvbench explain --against --format=html</code>. This page needs no network.</footer>\n",
        out);
    html_end(out);
}

/* --- stacks ------------------------------------------------------------------ */

static void print_path(const struct explain_pair *p, int node, FILE *out)
{
    if (node == EXPLAIN_TOP)
        return;
    print_path(p, p->node[node].parent, out);
    fprintf(out, ";%s`%s", p->node[node].is->owner, p->node[node].is->name);
}

struct stacks {
    const struct explanation *base;
    FILE *out;
};

/* Of as many operations as the new one has: these programs read whole numbers, and know of no operations. */
static void print_stacks(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                         void *with)
{
    const struct stacks *s = with;
    struct explain_pair *p = pair_with(s->base, run, b, c);
    for (size_t i = 0; p && i < p->nodes; i++) {
        const struct explain_pair_node *n = &p->node[i];
        const double scale = p->operations[PAIR_NOW] / p->operations[PAIR_BEFORE];
        if (!n->self[PAIR_BEFORE] && !n->self[PAIR_NOW])
            continue;
        fprintf(s->out, "%s;%s", run->setting, b->label);
        print_path(p, (int)i, s->out);
        fprintf(s->out, " %.0f %llu\n", round((double)n->self[PAIR_BEFORE] * scale),
                (unsigned long long)n->self[PAIR_NOW]);
    }
    free(p);
}

void explain_changed_folded(const struct explanation *x, const struct explanation *base, const struct explain_choice *c,
                            FILE *out)
{
    explain_each(x, c, print_stacks, &(struct stacks){base, out});
}
