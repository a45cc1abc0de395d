/*
 * figure_parts.c: whose the instructions of an operation are: a bar a column, stacked, in the five parts in which the
 * lab has counted them. They are the whole of the cost, which stands behind the bar.
 */
#include "common/memory.h"
#include "reports/common/number.h"
#include "reports/figure/figure_bars.h"
#include "reports/result/parts.h"

#include <stdlib.h>
#include <string.h>

static struct figure_key keys[PARTS] = {{NULL, "#f3e3b3", "solid 1", 0},
                                        {NULL, "#0b3c6f", "solid 1", 0},
                                        {NULL, "#7fa8a0", "solid 1", 0},
                                        {NULL, "#c06a2b", "solid 1", 0},
                                        {NULL, "#e8e8e8", "solid 1", 0}};

static void fill(struct bar *bar, const struct parts *p)
{
    char number[NUMBER_SIZE];
    double all = 0, end = 0;
    for (unsigned i = 0; i < PARTS; i++)
        all += p->part[i];
    bar->drawn = all > 0;
    bar->value = p->total;
    for (unsigned i = 0; i < PARTS; i++)
        bar->end[i + 1] = end += all > 0 ? p->part[i] / all * 100 : 0;
    bar->words_at = 100;
    number_cost(number, p->total, true);
    snprintf(bar->text, sizeof(bar->text), "%s", number);
}

/* A host's parts are times of a start that was watched, and no cost's whole. */
static bool are_counted(const struct model *m, size_t row, unsigned column, struct parts *p)
{
    return parts_of(m, row, column, p) && p->unit && strcmp(p->unit, "instructions") == 0;
}

/* Where somebody beside the guest has a part in it. */
static bool worth_a_row(const struct model *m, size_t row)
{
    struct parts p;
    for (unsigned c = 0; c < m->columns; c++)
        if (are_counted(m, row, c, &p) && p.part[PART_GUEST] < p.total)
            return true;
    return false;
}

static void add_bars(struct bars *b)
{
    const struct model *m = b->f->m;
    struct parts p;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned c = 0; c < m->columns && worth_a_row(m, row); c++)
            if (are_counted(m, row, c, &p))
                fill(bars_add(b, row, c), &p);
}

enum figure_answer figure_parts(struct figure *f)
{
    struct bars b;
    char source[400], foot[800];
    if (bars_open(&b, f, PARTS))
        return FIGURE_NOTHING;
    add_bars(&b);
    const bool any = b.count > 0;
    figure_source(f->m, source, sizeof(source));
    snprintf(foot, sizeof(foot),
             "Suite %s on %s. Whose the instructions of an operation are, counted one by one; their number, the mean "
             "cost, stands behind the bar. The minivisor's back end is the hypervisor.",
             f->m->result->suite, source);
    for (unsigned i = 0; i < PARTS; i++)
        keys[i].text = part_names[i];
    b.foot = foot;
    b.value = "mean cost per operation";
    b.key = keys;
    b.keys = PARTS;
    if (any)
        bars_write_shares(&b, "shares of the guest, the hypervisor and the back end in an operation's instructions",
                          "% of the instructions");
    bars_free(&b);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
