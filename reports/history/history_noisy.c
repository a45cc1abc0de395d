/*
 * history_noisy.c: series with a spread. E-divisive says when they changed; the
 * fence says what cannot be told yet: whether the newest night alone stands out.
 *
 * E-divisive needs some nights to believe in a change. It is news in the night
 * that makes it believable: what is found with that night, and is not found without it.
 */
#include "common/text.h"
#include "reports/history/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_PLACE 3 /* nights by which a change may move when a night is added */

struct stretch {
    double *value;
    size_t *at;                           /* results */
    size_t n, old;                        /* old: without those of the newest night */
    struct stats_change *found, *without; /* with the newest night; without it, since the last change but one */
    long changes, known;
};

static double median_of(const double *values, size_t n)
{
    double *sorted = malloc((n + 1) * sizeof(*sorted)), median = NAN;
    if (sorted && n) {
        memcpy(sorted, values, n * sizeof(*sorted));
        if (stats_sort(sorted, n) >= 0)
            median = stats_median(sorted, n);
    }
    free(sorted);
    return median;
}

static enum verdict verdict_of(const struct history_series *s, enum history_metric metric,
                               const struct history_options *o, double from, double to)
{
    const char *name = metric == HISTORY_COST ? "cost" : "entries";
    struct limit limit = limits_of(&o->limits, s->workload, name, name, true);
    return judge_exact(from, to, BETTER_LOWER, &limit);
}

/* Larger than the noise floor: what is smaller is not believed, whatever its p. */
static bool large(const struct history_options *o, double from, double to)
{
    return from > 0 ? fabs(to / from - 1) > o->floor : to != from;
}

static int add_changes(struct history_series *s, enum history_metric metric, const struct stretch *t,
                       const struct history_options *o)
{
    bool newest = t->old < t->n;
    for (long i = 0; i < t->changes; i++) {
        size_t at = t->found[i].at, begin = i ? t->found[i - 1].at : 0,
               end = i + 1 < t->changes ? t->found[i + 1].at : t->n;
        double from = median_of(t->value + begin, at - begin), to = median_of(t->value + at, end - at);
        bool known = false;
        /* A change has nights on both of its sides. */
        if (at == 0 || !large(o, from, to))
            continue;
        for (long k = 0; k < t->known; k++)
            known = known || labs((long)(begin + t->without[k].at) - (long)at) <= SAME_PLACE;
        struct history_step *step = history_step(s, t->at[at]);
        if (!step)
            return -1;
        step->before = t->at[at - 1];
        step->noisy = true;
        step->entries = metric == HISTORY_ENTRIES;
        /* The newest value is behind the last border only, so that only this one can be its news. */
        step->tonight = newest && i + 1 == t->changes && !known;
        step->from = from;
        step->to = to;
        step->p = t->found[i].p;
        step->verdict = verdict_of(s, metric, o, from, to);
    }
    return 0;
}

static void worst(struct history_series *s, enum verdict verdict)
{
    if (verdict > s->verdict)
        s->verdict = verdict;
}

/* The newest night against those since the last change. */
static void fence(struct history_series *s, enum history_metric metric, const struct stretch *t,
                  const struct history_options *o)
{
    size_t begin = t->changes ? t->found[t->changes - 1].at : 0, n = t->n - 1 - begin;
    const char *name = metric == HISTORY_COST ? "cost" : "entries";
    double now = t->value[t->n - 1], *sorted = malloc((n + 1) * sizeof(*sorted));
    /* Right after a change that was believed, the few nights since are not yet a fence. */
    if (n + 1 < HISTORY_NOISY_LEAST || !sorted) {
        if (t->n < HISTORY_NOISY_LEAST) {
            worst(s, VERDICT_INCONCLUSIVE);
            text_format(s->why, sizeof(s->why),
                        "its %s is noisy, and %zu comparable nights are too few; %d are the least", name, t->n,
                        HISTORY_NOISY_LEAST);
        }
        free(sorted);
        return;
    }
    memcpy(sorted, t->value + begin, n * sizeof(*sorted));
    if (stats_sort(sorted, n) >= 0) {
        struct stats_fences f = stats_fences(sorted, n);
        double middle = stats_median(sorted, n);
        if (stats_label(&f, now) == STATS_SEVERE && large(o, middle, now)) {
            worst(s, verdict_of(s, metric, o, middle, now));
            text_format(s->why, sizeof(s->why),
                        "its %s is %.4g, %s the fence at %.4g (Q3 + 3 IQR of %zu nights; median %.4g, %+.2f%%)", name,
                        now, now > middle ? "above" : "below", now > middle ? f.severe_high : f.severe_low, n, middle,
                        (now / middle - 1) * 100);
        }
    }
    free(sorted);
}

/* Results of one experiment, one after the other. */
static int look(struct history_series *s, enum history_metric metric, struct stretch *t,
                const struct history_options *o)
{
    if (!t->n)
        return 0;
    bool newest = t->old < t->n;
    t->changes = stats_divisive(t->value, t->n, STATS_SEED, t->found);
    size_t begin = t->changes > 1 ? t->found[t->changes - 2].at : 0;
    t->known = newest && t->changes > 0 && t->old > begin
                   ? stats_divisive(t->value + begin, t->old - begin, STATS_SEED, t->without)
                   : 0;
    if (t->changes < 0 || t->known < 0 || add_changes(s, metric, t, o))
        return -1;
    if (newest)
        fence(s, metric, t, o);
    return 0;
}

/* What is noisy of one experiment, in order. */
static void gather(const struct history *h, const struct history_series *s, enum history_metric metric,
                   unsigned experiment, struct stretch *t)
{
    t->n = t->old = 0;
    for (size_t i = 0; i < h->results; i++) {
        double value = s->value[metric][i];
        if (s->experiment[i] != experiment || isnan(value) || (metric == HISTORY_COST && !s->noisy[i]))
            continue;
        t->value[t->n] = value;
        t->at[t->n++] = i;
        t->old += !history_tonight(h, i);
    }
}

static int by_metric(const struct history *h, struct history_series *s, enum history_metric metric, struct stretch *t,
                     const struct history_options *o)
{
    for (unsigned experiment = 0; experiment < s->experiments; experiment++) {
        gather(h, s, metric, experiment, t);
        if (look(s, metric, t, o))
            return -1;
    }
    return 0;
}

static bool any_noisy(const struct history *h, const struct history_series *s)
{
    for (size_t i = 0; i < h->results; i++)
        if (s->noisy[i])
            return true;
    return false;
}

int history_noisy(const struct history *h, struct history_series *s, const struct history_options *o)
{
    const size_t n = h->results + 1;
    const bool cost = any_noisy(h, s);
    if (!cost && !s->entries_noisy)
        return 0;
    struct stretch t = {malloc(n * sizeof(double)),
                        malloc(n * sizeof(size_t)),
                        0,
                        0,
                        calloc(n, sizeof(struct stats_change)),
                        calloc(n, sizeof(struct stats_change)),
                        0,
                        0};
    int bad = !t.value || !t.at || !t.found || !t.without;
    if (!bad && cost)
        bad = by_metric(h, s, HISTORY_COST, &t, o);
    if (!bad && s->entries_noisy)
        bad = by_metric(h, s, HISTORY_ENTRIES, &t, o);
    free(t.value);
    free(t.at);
    free(t.found);
    free(t.without);
    return bad ? -1 : 0;
}
