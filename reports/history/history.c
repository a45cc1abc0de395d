/* history.c: from a folder to the verdict on its newest night; history.h says by which rules. */
#include "reports/history/history.h"

#include <stdlib.h>
#include <string.h>

const char *history_keep(struct history *h, const char *text)
{
    /* The keys of an object are strings that stay where they are, each once. */
    if (!*text || json_object_set_new_nocheck(h->words, text, json_true()))
        return "";
    return json_object_iter_key(json_object_iter_at(h->words, text));
}

struct history_step *history_step(struct history_series *s, size_t night)
{
    struct history_step *more = realloc(s->step, (s->steps + 1) * sizeof(*more));
    if (!more)
        return NULL;
    s->step = more;
    size_t at = s->steps++;
    for (; at > 0 && more[at - 1].night > night; at--)
        more[at] = more[at - 1];
    more[at] = (struct history_step){.night = night};
    return &more[at];
}

/* A step counts for the newest night if it is there, or if that night made it believable. */
static void judge(const struct history *h, struct history_series *s)
{
    for (size_t i = 0; i < s->steps; i++) {
        const struct history_step *step = &s->step[i];
        bool now = step->noisy ? step->tonight : step->night + 1 == h->nights;
        enum verdict verdict = step->experiment ? VERDICT_INCONCLUSIVE : step->verdict;
        if (now && verdict > s->verdict)
            s->verdict = verdict;
    }
}

/* A first night of another experiment has nothing to be compared with. */
static void judge_experiment(const struct history *h, struct history_series *s)
{
    bool alone = true;
    for (size_t i = 0; i + 1 < h->nights && alone; i++)
        alone = h->night[i].experiment != h->night[h->nights - 1].experiment || i < s->first;
    if (!alone || s->verdict == VERDICT_WORSE || s->last + 1 != h->nights)
        return;
    s->verdict = s->first + 1 == h->nights && h->nights > 1 ? VERDICT_CHANGED : VERDICT_INCONCLUSIVE;
    if (!*s->why)
        snprintf(s->why, sizeof(s->why), "%s",
                 h->nights == 1              ? "there is only one night"
                 : s->first + 1 == h->nights ? "is new"
                                             : "the newest night is the first of another experiment");
}

void history_judge(struct history *h)
{
    for (size_t i = 0; i < h->all; i++) {
        judge(h, &h->series[i]);
        judge_experiment(h, &h->series[i]);
        if (h->series[i].last + 1 == h->nights || h->series[i].verdict != VERDICT_SAME)
            h->verdicts[h->series[i].verdict]++;
    }
}

int history_make(struct history *h, const char *folder, const struct history_options *o, struct report_error *e)
{
    *h = (struct history){.folder = folder, .words = json_object()};
    int bad = history_files(h, folder, e) || history_load(h, o, e) ? -1 : 0;
    for (size_t i = 0; i < h->all && !bad; i++)
        if ((!h->series[i].exact || h->series[i].entries_noisy) && history_noisy(h, &h->series[i], o))
            bad = report_fail(e, "%s: out of memory", folder);
    if (bad)
        history_free(h);
    else
        history_judge(h);
    return bad;
}

void history_free(struct history *h)
{
    for (size_t i = 0; i < h->all; i++) {
        struct history_series *s = &h->series[i];
        for (size_t k = 0; k < s->steps; k++)
            free(s->step[k].cell.finding);
        free(s->step);
        for (int m = 0; m < HISTORY_METRICS; m++)
            free(s->value[m]);
    }
    free(h->series);
    for (size_t i = 0; i < h->nights; i++) {
        free(h->night[i].file);
        free(h->night[i].build);
    }
    free(h->night);
    for (size_t i = 0; i < h->skips; i++) {
        free(h->skipped[i].file);
        free(h->skipped[i].why);
    }
    free(h->skipped);
    json_decref(h->words);
    *h = (struct history){0};
}

int history_status(const struct history *h)
{
    size_t measured = 0;
    for (size_t i = 0; i < h->all; i++)
        measured += h->series[i].last + 1 == h->nights;
    if (h->verdicts[VERDICT_WORSE])
        return 3;
    return h->verdicts[VERDICT_INCONCLUSIVE] || h->nights < 2 || !measured ? 5 : 0;
}
