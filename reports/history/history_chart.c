/*
 * history_chart.c: a series as a small drawing. An exact one is drawn as steps:
 * between two nights there is nothing. Marks differ in shape, not in
 * colour alone, and each says in words what it stands for.
 */
#include "reports/common/number.h"
#include "reports/history/history.h"
#include "reports/html/html.h"

#include <math.h>
#include <string.h>

#define WIDTH  280.0 /* units of the drawing */
#define HIGH   72.0
#define MARGIN 7.0

struct chart {
    const struct history *h;
    const struct history_series *s;
    enum history_metric metric;
    double low, high;
    FILE *out;
};

static double value_of(const struct chart *c, size_t result)
{
    return history_value(c->s, c->metric, result);
}

static double x_of(const struct chart *c, double result)
{
    double last = c->h->results > 1 ? (double)(c->h->results - 1) : 1;
    return MARGIN + result * (WIDTH - 2 * MARGIN) / last;
}

static double y_of(const struct chart *c, double value)
{
    if (c->high <= c->low)
        return HIGH / 2;
    return HIGH - MARGIN - (value - c->low) / (c->high - c->low) * (HIGH - 2 * MARGIN);
}

static void extremes(struct chart *c)
{
    c->low = INFINITY;
    c->high = -INFINITY;
    for (size_t i = 0; i < c->h->results; i++)
        if (!isnan(value_of(c, i))) {
            c->low = fmin(c->low, value_of(c, i));
            c->high = fmax(c->high, value_of(c, i));
        }
}

/* A line that is level is drawn in one go, so that years of nights stay small. */
static void line(const struct chart *c)
{
    bool drawing = false;
    double before = NAN;
    size_t at = 0;
    fputs("<path class=\"line\" d=\"", c->out);
    for (size_t i = 0; i < c->h->results; i++) {
        double value = value_of(c, i);
        if (isnan(value))
            continue;
        if (!drawing) {
            fprintf(c->out, "M%.1f %.1f", x_of(c, (double)i), y_of(c, value));
        } else if (value != before) {
            if (c->s->exact)
                fprintf(c->out, "H%.1fV%.1f", x_of(c, (double)i), y_of(c, value));
            else
                fprintf(c->out, "L%.1f %.1f", x_of(c, (double)i), y_of(c, value));
        } else if (!c->s->exact) {
            fprintf(c->out, "H%.1f", x_of(c, (double)i));
        }
        drawing = true;
        before = value;
        at = i;
    }
    if (drawing)
        fprintf(c->out, "H%.1f", x_of(c, (double)at) + (c->h->results == 1 ? 1 : 0));
    fputs("\"/>\n", c->out);
}

/* Where one begins that was not there before. */
static void experiments(const struct chart *c)
{
    unsigned begun = 0;
    for (size_t i = 0; i < c->h->results; i++) {
        char day[16];
        if (c->s->experiment[i] == HISTORY_NONE || c->s->experiment[i] < begun)
            continue;
        begun = c->s->experiment[i] + 1;
        if (begun == 1)
            continue;
        history_day(&c->h->result[i], day);
        fprintf(c->out, "<path class=\"border\" d=\"M%.1f 0V%.0f\"><title>", x_of(c, (double)i - 0.5), HIGH);
        html_format(c->out, "%s: another experiment: %s", day, c->h->result[i].different);
        fputs("</title></path>\n", c->out);
    }
}

static void mark(const struct chart *c, const struct history_step *step)
{
    double x = x_of(c, (double)step->at), y = y_of(c, value_of(c, step->at));
    bool worse = step->verdict == VERDICT_WORSE || step->verdict == VERDICT_WITHIN;
    char sentence[HISTORY_SENTENCE], day[16];
    if (isnan(y))
        return;
    history_sentence(c->h, c->s, step, sentence, sizeof(sentence));
    history_day(&c->h->result[step->at], day);
    if (worse)
        fprintf(c->out, "<path class=\"mark worse\" d=\"M%.1f %.1fl4.5 8h-9z\"><title>", x, y - 5);
    else if (step->verdict == VERDICT_BETTER)
        fprintf(c->out, "<path class=\"mark better\" d=\"M%.1f %.1fl4.5 -8h-9z\"><title>", x, y + 5);
    else
        fprintf(c->out, "<path class=\"mark\" d=\"M%.1f %.1fl4 4l-4 4l-4 -4z\"><title>", x, y - 4);
    html_format(c->out, "%s: %s", day, verdict_names[step->verdict]);
    html_format(c->out, ": %s", sentence);
    fputs("</title></path>\n", c->out);
}

void history_chart(const struct history *h, const struct history_series *s, FILE *out)
{
    struct chart c = {h, s, HISTORY_COST, 0, 0, out};
    char place[300], low[NUMBER_SIZE], high[NUMBER_SIZE];
    extremes(&c);
    if (c.low > c.high) { /* never a cost */
        c.metric = HISTORY_ENTRIES;
        extremes(&c);
    }
    if (c.low > c.high)
        return;
    history_place(h, s, place, sizeof(place));
    number_cost(low, c.low, s->exact);
    number_cost(high, c.high, s->exact);
    fprintf(out, "<svg class=\"trend\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", WIDTH, HIGH);
    html_format(out, "%s: %s%s%s over %u nights, %zu steps", place, low, c.low < c.high ? " to " : "",
                c.low < c.high ? high : "", h->nights, s->steps);
    fputs("\">\n", out);
    experiments(&c);
    line(&c);
    for (size_t i = 0; i < s->steps; i++)
        mark(&c, &s->step[i]);
    fputs("</svg>\n", out);
}
