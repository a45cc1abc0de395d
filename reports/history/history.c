/* history.c: from a folder to the verdict on its newest night; history.h says by which rules. */
#include "reports/history/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *history_keep(struct history *h, const char *text)
{
    /* The keys of an object are strings that stay where they are, each once. */
    if (!*text || json_object_set_new_nocheck(h->words, text, json_true()))
        return "";
    return json_object_iter_key(json_object_iter_at(h->words, text));
}

struct history_step *history_step(struct history_series *s, size_t at)
{
    struct history_step *more = realloc(s->step, (s->steps + 1) * sizeof(*more));
    if (!more)
        return NULL;
    s->step = more;
    size_t i = s->steps++;
    for (; i > 0 && more[i - 1].at > at; i--)
        more[i] = more[i - 1];
    more[i] = (struct history_step){.at = at};
    return &more[i];
}

double history_value(const struct history_series *s, enum history_metric metric, size_t result)
{
    const char *unit = s->units[result];
    return metric == HISTORY_COST && unit && strcmp(unit, s->unit) != 0 ? NAN : s->value[metric][result];
}

bool history_tonight(const struct history *h, size_t result)
{
    return h->result[result].night + 1 == h->nights;
}

/* A noisy step counts for the night that made it believable; what is exact was judged as it was read. */
void history_judge(struct history *h)
{
    for (size_t i = 0; i < h->all; i++) {
        struct history_series *s = &h->series[i];
        for (size_t k = 0; k < s->steps; k++)
            if (s->step[k].noisy && s->step[k].tonight && s->step[k].verdict > s->verdict)
                s->verdict = s->step[k].verdict;
        if (history_tonight(h, s->last) || s->verdict != VERDICT_SAME)
            h->verdicts[s->verdict]++;
    }
}

static int list(struct history *h, const char *folder, const struct history_options *o, struct report_error *e)
{
    if (nights_read(&h->list, folder, NULL, NULL, e))
        return -1;
    if (o->commits && nights_by_commits(&h->list, o->commits, e))
        return -1;
    const struct nights_left *damaged = nights_damaged(&h->list);
    if (!h->list.files && damaged)
        return report_fail(e, "%s: %s; there is no other result in %s", damaged->path, damaged->why, folder);
    if (!h->list.files)
        return report_fail(e,
                           o->commits ? "%s: holds no result of these commits; name it COMMIT.json"
                                      : "%s: holds no result; keep each night's as NAME.json there",
                           folder);
    h->result = calloc(h->list.files, sizeof(*h->result));
    if (!h->result)
        return report_fail(e, "%s: out of memory", folder);
    h->results = h->list.files;
    h->nights = h->list.count;
    for (size_t i = 0; i < h->results; i++)
        h->result[i] = (struct history_result){.file = h->list.file[i].path,
                                               .date = h->list.file[i].date,
                                               .commit = h->list.file[i].commit,
                                               .suite = "",
                                               .pvbench = "",
                                               .revision = "",
                                               .night = h->list.file[i].night,
                                               .different = ""};
    return 0;
}

int history_make(struct history *h, const char *folder, const struct history_options *o, struct report_error *e)
{
    *h = (struct history){.folder = folder, .words = json_object()};
    int bad = list(h, folder, o, e) || history_load(h, o, e) ? -1 : 0;
    for (size_t i = 0; i < h->all && !bad; i++)
        if (history_noisy(h, &h->series[i], o))
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
        free(s->experiment);
        free(s->noisy);
        free(s->units);
        for (int m = 0; m < HISTORY_METRICS; m++)
            free(s->value[m]);
    }
    free(h->series);
    for (size_t i = 0; i < h->results; i++) {
        free(h->result[i].build);
    }
    free(h->result);
    nights_free(&h->list);
    json_decref(h->words);
    *h = (struct history){0};
}

int history_status(const struct history *h)
{
    size_t measured = 0;
    for (size_t i = 0; i < h->all; i++)
        measured += history_tonight(h, h->series[i].last);
    if (h->verdicts[VERDICT_WORSE])
        return 3;
    return h->verdicts[VERDICT_INCONCLUSIVE] || nights_damaged(&h->list) || !measured ? 5 : 0;
}
