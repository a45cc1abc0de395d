/* history_text.c: a history as text and as Markdown: the nights at which something stepped, the newest first. */
#include "common/text.h"
#include "reports/history/history.h"
#include "reports/common/table.h"
#include "reports/common/wrap.h"

#include <string.h>

#define NIGHT_STEPS 30 /* named of one night; more are counted */
#define WIDTH       110

struct print {
    const struct history *h;
    bool markdown;
    FILE *out;
};

static void text(const struct print *p, const char *words, size_t indent)
{
    if (p->markdown)
        table_markdown_text(words, p->out);
    else
        text_wrap(p->out, words, WIDTH, indent);
}

static void head(const struct print *p)
{
    const struct history *h = p->h;
    size_t exact = 0;
    char line[HISTORY_SENTENCE], first[16], last[16], results[40] = "";
    for (size_t i = 0; i < h->all; i++)
        exact += h->series[i].exact;
    history_day(&h->result[0], first);
    history_day(history_newest(h), last);
    fputs(p->markdown ? "## pvbench: history\n\n" : "", p->out);
    if (h->results != h->nights)
        snprintf(results, sizeof(results), " with %zu results", h->results);
    text_format(line, sizeof(line), "%u night%s%s, %s to %s; %zu series: %zu exact, %zu noisy", h->nights,
                h->nights == 1 ? "" : "s", results, first, last, h->all, exact, h->all - exact);
    fputs(p->markdown ? "- " : "history     ", p->out);
    text(p, line, 12);
    fputs(p->markdown ? "\n" : "", p->out);
    for (size_t i = 0; i < h->list.lefts; i++) {
        text_format(line, sizeof(line), "%.600s: %.800s", h->list.left[i].path, h->list.left[i].why);
        fputs(p->markdown ? "- left out: " : "left out    ", p->out);
        text(p, line, 12);
        fputs(p->markdown ? "\n" : "", p->out);
    }
}

static void step(const struct print *p, const struct history_series *s, const struct history_step *at)
{
    char place[300], sentence[HISTORY_SENTENCE], line[HISTORY_SENTENCE + 340];
    history_place(p->h, s, place, sizeof(place));
    history_sentence(p->h, s, at, sentence, sizeof(sentence));
    text_format(line, sizeof(line), "%s: %s%s", place, sentence, at->experiment ? " (with the experiment)" : "");
    fprintf(p->out, p->markdown ? "- **%s** " : "  %-11s ", verdict_names[at->verdict]);
    text(p, line, 14);
    fputs(p->markdown ? "\n" : "", p->out);
}

static bool of_night(const struct history *h, const struct history_step *step, unsigned night)
{
    return h->result[step->at].night == night;
}

/* The builds of a night's steps, each said once. */
static void builds(const struct print *p, unsigned night)
{
    json_t *said = json_object();
    for (size_t i = 0; i < p->h->all; i++)
        for (size_t k = 0; k < p->h->series[i].steps; k++) {
            const struct history_step *step = &p->h->series[i].step[k];
            char words[400];
            if (!of_night(p->h, step, night))
                continue;
            history_builds(p->h, &p->h->series[i], step, words, sizeof(words));
            if (json_object_get(said, words))
                continue;
            json_object_set_new_nocheck(said, words, json_true());
            fputs(p->markdown ? "\n  " : "  ", p->out);
            text(p, words, 2);
        }
    json_decref(said);
}

/* In what the results of a night begin another experiment; false: in nothing. */
static bool different(const struct print *p, size_t begin, size_t end, bool print)
{
    bool any = false;
    for (size_t i = begin; i < end; i++) {
        bool said = !*p->h->result[i].different;
        for (size_t k = begin; k < i && !said; k++)
            said = strcmp(p->h->result[k].different, p->h->result[i].different) == 0;
        if (said)
            continue;
        any = true;
        if (!print)
            continue;
        fputs(p->markdown ? "\nAnother experiment: " : "  another experiment: ", p->out);
        text(p, p->h->result[i].different, 2);
        fputs(p->markdown ? "\n" : "", p->out);
    }
    return any;
}

/* The results from `begin` to `end` are a night. */
static void night(const struct print *p, size_t begin, size_t end)
{
    const struct history *h = p->h;
    const unsigned number = h->result[begin].night;
    size_t steps = 0, said = 0;
    char day[16];
    for (size_t i = 0; i < h->all; i++)
        for (size_t k = 0; k < h->series[i].steps; k++)
            steps += of_night(h, &h->series[i].step[k], number);
    if (!steps && !different(p, begin, end, false))
        return;
    history_day(&h->result[begin], day);
    fprintf(p->out, p->markdown ? "\n### %s\n" : "\n%s\n", day);
    different(p, begin, end, true);
    builds(p, number);
    fputs(p->markdown ? "\n\n" : "", p->out);
    for (size_t i = 0; i < h->all; i++)
        for (size_t k = 0; k < h->series[i].steps; k++)
            if (of_night(h, &h->series[i].step[k], number) && said++ < NIGHT_STEPS)
                step(p, &h->series[i], &h->series[i].step[k]);
    if (said > NIGHT_STEPS)
        fprintf(p->out, "%sand %zu more; --format=json has them all\n", p->markdown ? "- " : "  ", said - NIGHT_STEPS);
}

/* What the verdict on the newest night rests on, beside its steps. */
static void newest(const struct print *p)
{
    const struct history *h = p->h;
    char summary[400];
    size_t said = 0;
    fputc('\n', p->out);
    for (size_t i = 0; i < h->all; i++) {
        const struct history_series *s = &h->series[i];
        char place[300], line[700];
        if (!*s->why || s->verdict == VERDICT_SAME || said++ >= NIGHT_STEPS)
            continue;
        history_place(h, s, place, sizeof(place));
        text_format(line, sizeof(line), "%s: %s", place, s->why);
        fprintf(p->out, p->markdown ? "- **%s** " : "  %-11s ", verdict_names[s->verdict]);
        text(p, line, 14);
        fputs(p->markdown ? "\n" : "", p->out);
    }
    if (said > NIGHT_STEPS)
        fprintf(p->out, "%sand %zu more; --format=json has them all\n", p->markdown ? "- " : "  ", said - NIGHT_STEPS);
    history_summary(h, summary, sizeof(summary));
    fputs(p->markdown && said ? "\n" : "", p->out);
    text(p, summary, 0);
    fputs(p->markdown ? "\n" : "", p->out);
}

void history_print_text(const struct history *h, bool markdown, FILE *out)
{
    const struct print p = {h, markdown, out};
    head(&p);
    for (size_t end = h->results, begin; end > 0; end = begin) {
        begin = end - 1;
        while (begin > 0 && h->result[begin - 1].night == h->result[begin].night)
            begin--;
        night(&p, begin, end);
    }
    newest(&p);
}
