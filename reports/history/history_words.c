/* history_words.c: a history in words: places, steps, builds, the whole in one line. */
#include "common/text.h"
#include "reports/history/history.h"
#include "reports/common/number.h"
#include "reports/common/wrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 2 /* nights by which a noisy change may be misplaced */

const struct history_result *history_newest(const struct history *h)
{
    size_t i = 0;
    while (h->result[i].night + 1 != h->nights)
        i++;
    return &h->result[i];
}

void history_day(const struct history_result *n, char into[16])
{
    text_format(into, 16, *n->commit ? "%.12s" : "%.10s", *n->commit ? n->commit : n->date);
}

static bool several_suites(const struct history *h)
{
    for (size_t i = 1; i < h->all; i++)
        if (strcmp(h->series[i].suite, h->series[0].suite) != 0)
            return true;
    return false;
}

void history_place(const struct history *h, const struct history_series *s, char *into, size_t size)
{
    const struct compare_cell cell = {.setting = s->setting,
                                      .hypervisor = s->hypervisor,
                                      .mode = s->mode,
                                      .machine = s->machine,
                                      .workload = s->workload};
    compare_place(&cell, into, size);
    if (several_suites(h))
        text_append(into, size, ", suite %s", s->suite);
}

/* A noisy change, explained by the counted entries: they are exact even where time is not. */
static void explain(const struct history *h, const struct history_series *s, const struct history_step *step,
                    char *into, size_t size)
{
    for (size_t i = 0; i < s->steps; i++) {
        const struct history_step *other = &s->step[i];
        if (other->noisy || labs((long)h->result[other->at].night - (long)h->result[step->at].night) > NEAR ||
            !other->cell.findings)
            continue;
        char sentence[HISTORY_SENTENCE];
        compare_sentence(&other->cell, sentence, sizeof(sentence));
        text_append(into, size, "; with %s", sentence);
        return;
    }
    if (!step->entries && !isnan(s->value[HISTORY_ENTRIES][step->at]))
        text_append(into, size, "; no count of entries moved with it");
}

/* The night before did not have it. */
static void say_before(const struct history *h, const struct history_step *step, char *into, size_t size)
{
    const struct history_result *old = &h->result[step->before], *new = &h->result[step->at];
    char day[16];
    if (step->experiment || new->night < old->night + 2)
        return;
    history_day(old, day);
    text_append(into, size, ", held against %s, the last night that has it", day);
}

void history_sentence(const struct history *h, const struct history_series *s, const struct history_step *step,
                      char *into, size_t size)
{
    char from[NUMBER_SIZE], to[NUMBER_SIZE];
    if (!step->noisy) {
        compare_sentence(&step->cell, into, size);
        say_before(h, step, into, size);
        return;
    }
    number_cost(from, step->from, false);
    number_cost(to, step->to, false);
    text_format(into, size, "%+.2f%% %s (median %s to %s, p=%.2g)", (step->to / step->from - 1) * 100,
                step->entries ? "entries" : s->unit, from, to, step->p);
    explain(h, s, step, into, size);
}

static const struct history_build *build_of(const struct history *h, const struct history_series *s, size_t at)
{
    for (size_t i = 0; i < h->result[at].builds; i++) {
        const struct history_build *b = &h->result[at].build[i];
        if (strcmp(b->setting, s->setting) == 0)
            return b;
    }
    return NULL;
}

static void tool(const char *name, const char *old, const char *new, const char *old_text, const char *new_text,
                 char *into, size_t size)
{
    if (*new &&strcmp(old, new) != 0)
        text_append(into, size, "; %s %.40s, was %.40s", name, new_text, *old ? old_text : "unknown");
}

void history_builds(const struct history *h, const struct history_series *s, const struct history_step *step,
                    char *into, size_t size)
{
    const struct history_build *old = build_of(h, s, step->before), *new = build_of(h, s, step->at);
    const struct history_result *a = &h->result[step->before], *b = &h->result[step->at];
    *into = 0;
    text_append(into, size, "%s %.60s", s->hypervisor, new &&*new->version ? new->version : "of unknown version");
    if (old && new &&strcmp(old->version, new->version) != 0)
        text_append(into, size, ", was %.60s", old->version);
    else if (old && new &&strcmp(old->sha256, new->sha256) != 0)
        text_append(into, size, ", another build: %.12s, was %.12s", new->sha256, old->sha256);
    else if (old && new)
        text_append(into, size, ", the same build");
    char was[REVISION_TEXT], is[REVISION_TEXT];
    tool("pvbench", a->pvbench, b->pvbench, a->pvbench, b->pvbench, into, size);
    tool("revision", a->revision, b->revision, revision_text(a->revision, "", was), revision_text(b->revision, "", is),
         into, size);
}

void history_summary(const struct history *h, char *into, size_t size)
{
    const struct nights_left *damaged = nights_damaged(&h->list);
    char day[16], why[400];
    history_day(history_newest(h), day);
    text_format(why, sizeof(why), "%.300s is no good result, and may be of the newest night",
                damaged ? damaged->path : "");
    *into = 0;
    text_append(into, size, "newest night %s", day);
    compare_verdicts(h->verdicts, history_status(h),
                     damaged         ? why
                     : h->nights < 2 ? "one night has nothing to be compared with"
                                     : NULL,
                     into, size);
}
