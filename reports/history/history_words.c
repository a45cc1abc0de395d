/* history_words.c: a history in words: places, steps, builds, the whole in one line. */
#include "reports/history/history.h"
#include "reports/common/number.h"
#include "reports/common/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 2 /* nights by which a noisy change may be misplaced */

void history_day(const struct history_night *n, char into[16])
{
    text_format(into, 16, "%.10s", n->date);
}

void history_place(const struct history_series *s, char *into, size_t size)
{
    const struct compare_cell cell = {
        .hypervisor = s->hypervisor, .mode = s->mode, .machine = s->machine, .workload = s->workload};
    compare_place(&cell, into, size);
}

/* A noisy change, explained by the counted entries: they are exact even where time is not. */
static void explain(const struct history_series *s, const struct history_step *step, char *into, size_t size)
{
    for (size_t i = 0; i < s->steps; i++) {
        const struct history_step *other = &s->step[i];
        if (other->noisy || labs((long)other->night - (long)step->night) > NEAR || !other->cell.findings)
            continue;
        char sentence[HISTORY_SENTENCE];
        compare_sentence(&other->cell, sentence, sizeof(sentence));
        text_append(into, size, "; with %s", sentence);
        return;
    }
    if (!step->entries && !isnan(s->value[HISTORY_ENTRIES][step->night]))
        text_append(into, size, "; no count of entries moved with it");
}

void history_sentence(const struct history *h, const struct history_series *s, const struct history_step *step,
                      char *into, size_t size)
{
    char from[NUMBER_SIZE], to[NUMBER_SIZE];
    (void)h;
    if (!step->noisy) {
        compare_sentence(&step->cell, into, size);
        return;
    }
    number_cost(from, step->from, false);
    number_cost(to, step->to, false);
    text_format(into, size, "%+.2f%% %s (median %s to %s, p=%.2g)", (step->to / step->from - 1) * 100,
                step->entries ? "entries" : s->unit, from, to, step->p);
    explain(s, step, into, size);
}

static const struct history_build *build_of(const struct history *h, const struct history_series *s, size_t night)
{
    for (size_t i = 0; i < h->night[night].builds; i++) {
        const struct history_build *b = &h->night[night].build[i];
        if (strcmp(b->hypervisor, s->hypervisor) == 0 && strcmp(b->mode, s->mode) == 0 &&
            strcmp(b->machine, s->machine) == 0)
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
    const struct history_build *old = build_of(h, s, step->before), *new = build_of(h, s, step->night);
    const struct history_night *a = &h->night[step->before], *b = &h->night[step->night];
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
    char day[16];
    history_day(&h->night[h->nights - 1], day);
    *into = 0;
    text_append(into, size, "newest night %s", day);
    compare_verdicts(h->verdicts, history_status(h), h->nights < 2 ? "one night has nothing to be compared with" : NULL,
                     into, size);
}
