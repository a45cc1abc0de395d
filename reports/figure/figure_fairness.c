/*
 * figure_fairness.c: who got how much of a processor that all of them want all the time: a bar a setting, the whole of
 * what all of them ran, with the measured guest's part and how far that is from the one that is due to it.
 */
#include "common/text.h"
#include "reports/figure/figure_bars.h"
#include "reports/result/company.h"

#include <math.h>

#define SAYS                                                                                                           \
    "Suite %s on %s. Of the time that all guests ran, by the hypervisor's trace, while the measured one was "          \
    "measured; "                                                                                                       \
    "due is its part of all weights, and what the others' caps leave. Behind each bar what it got, what is due, and "  \
    "the "                                                                                                             \
    "least and the most of the others, of what is due to each of them."

enum { OWN, MORE, LESS, OTHERS, PIECES };

static const struct figure_key keys[PIECES] = {{"the measured guest's", "#0b3c6f", "solid 1", 0},
                                               {"more than is due to it", "#c06a2b", "solid 1", 0},
                                               {"less than is due to it", "#f3e3b3", "solid 1", 0},
                                               {"the others'", "#e8e8e8", "solid 1", 0}};

static void write_words(struct bar *bar, const double *share, const double *due, size_t guests)
{
    double least = 1, most = 0;
    for (size_t i = 0; i + 1 < guests; i++) {
        least = fmin(least, share[i]);
        most = fmax(most, share[i]);
    }
    text_format(bar->text, sizeof(bar->text), "%.1f of %.1f %%", 100 * share[guests - 1], 100 * due[guests - 1]);
    if (guests > 2)
        text_append(bar->text, sizeof(bar->text), "; %.1f to %.1f of %.1f", 100 * least, 100 * most, 100 * due[0]);
}

static bool add_bar(struct bars *b, const struct company *c, size_t row)
{
    double share[COMPANY_GUESTS], due[COMPANY_GUESTS];
    const size_t guests = company_shares(b->f->m, c, row, share);
    struct bar *bar = bars_add(b, row, c->column);
    if (!guests || c->lost) {
        text_format(bar->text, sizeof(bar->text), "%s", c->lost ? "a guest was lost" : "not traced");
        return false;
    }
    company_due(b->f->m, c, due, guests);
    const double got = 100 * share[guests - 1], is_due = 100 * due[guests - 1];
    bar->drawn = true;
    bar->value = got / is_due;
    bar->end[OWN + 1] = fmin(got, is_due);
    bar->end[MORE + 1] = got;
    bar->end[LESS + 1] = fmax(got, is_due);
    bar->end[OTHERS + 1] = bar->words_at = 100;
    write_words(bar, share, due, guests);
    return true;
}

static bool add_bars(struct bars *b)
{
    const struct model *m = b->f->m;
    struct company all[MODEL_COLUMNS_MAX];
    const size_t n = companies_find(m, all);
    bool any = false;
    for (size_t row = 0; row < m->rows; row++)
        for (size_t i = 0; i < n; i++)
            if (company_competes(m, &all[i], row))
                any = add_bar(b, &all[i], row) || any;
    return any;
}

enum figure_answer figure_fairness(struct figure *f)
{
    char foot[900], source[400];
    struct bars b;
    if (bars_open(&b, f, PIECES))
        return FIGURE_NOTHING;
    figure_source(f->m, source, sizeof(source));
    text_format(foot, sizeof(foot), SAYS, f->m->result->suite, source);
    b.foot = foot;
    b.value = "share got as a multiple of that due";
    b.key = keys;
    b.keys = PIECES;
    const bool any = add_bars(&b);
    if (any)
        bars_write_shares(&b, "share of the processor against the share that is due", "% of what all of them ran");
    bars_free(&b);
    return any ? FIGURE_DRAWN : FIGURE_NOTHING;
}
