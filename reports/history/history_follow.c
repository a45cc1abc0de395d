/* history_follow.c: which earlier measurement the next one of a series is held against; history_follow.h says why. */
#include "common/text.h"
#include "reports/history/history_follow.h"

#include <stdlib.h>
#include <string.h>

void loaded_release(struct loaded *l)
{
    if (!l || --l->users)
        return;
    model_free(&l->model);
    result_free(&l->result);
    free(l);
}

static void set(struct place *into, const struct place *from)
{
    struct loaded *old = into->in;
    if (from->in)
        from->in->users++;
    *into = *from;
    loaded_release(old);
}

static void free_track(struct track *t)
{
    static const struct place nowhere = {NULL, 0, 0};
    set(&t->earlier, &nowhere);
    set(&t->first, &nowhere);
    set(&t->last, &nowhere);
}

void follow_free(struct tracks *t)
{
    for (unsigned i = 0; i < t->count; i++)
        free_track(&t->track[i]);
}

static struct model_cell *cell_of(const struct place *p)
{
    return model_at(&p->in->model, p->row, p->column);
}

static unsigned night_of(const struct follow *f, const struct place *p)
{
    return f->h->result[p->in->at].night;
}

/* --- one experiment, or two? ----------------------------------------------------------- */

/* "" or in what the columns of two results are different experiments; NULL: no memory. */
static const char *columns_differ(struct follow *f, const struct place *old, const struct place *new)
{
    if (f->asked[0] == old->in && f->asked[1] == new->in && f->asked_column[0] == old->column &&
        f->asked_column[1] == new->column)
        return f->answer;
    struct comparable_reasons r = {0};
    int bad = f->o->force ? 0 : comparable_columns(&old->in->model, old->column, &new->in->model, new->column, &r);
    *f->answer = 0;
    if (r.count)
        text_format(f->answer, sizeof(f->answer), "%s", r.text[0]);
    if (r.count > 1)
        snprintf(f->answer + strlen(f->answer), 40, " (and %zu more)", r.count - 1);
    free(r.text);
    f->asked[0] = old->in;
    f->asked[1] = new->in;
    f->asked_column[0] = old->column;
    f->asked_column[1] = new->column;
    return bad ? NULL : f->answer;
}

/* In what two measurements may not be compared; "": they may; NULL: no memory. */
static const char *differ(struct follow *f, const struct place *old, const struct place *new, char why[COMPARABLE_WHY])
{
    const struct model_cell *a = cell_of(old), *b = cell_of(new);
    *why = 0;
    if (a->has_cost && b->has_cost && !comparable_costs(a, b, why, COMPARABLE_WHY))
        return why;
    if (!comparable_entries(a, b, why, COMPARABLE_WHY))
        return why;
    return columns_differ(f, old, new);
}

/* --- steps ----------------------------------------------------------------------------- */

/* What is the same is let go; what stays keeps its words. */
static void keep_findings(struct history *h, const struct history_series *s, struct compare_cell *cell)
{
    size_t kept = 0;
    for (size_t i = 0; i < cell->findings; i++) {
        struct finding *f = &cell->finding[i];
        if (f->verdict == VERDICT_SAME)
            continue;
        f->unit = history_keep(h, f->unit);
        cell->finding[kept++] = *f;
    }
    cell->findings = kept;
    cell->setting = s->setting;
    cell->hypervisor = s->hypervisor;
    cell->mode = s->mode;
    cell->machine = s->machine;
    cell->workload = s->workload;
}

/* A retry that says what its night has said is no further step. */
static bool said(const struct history *h, const struct history_series *s, const struct compare_cell *cell, size_t at)
{
    char old[HISTORY_SENTENCE], new[HISTORY_SENTENCE];
    if (!s->steps || h->result[s->step[s->steps - 1].at].night != h->result[at].night)
        return false;
    compare_sentence(&s->step[s->steps - 1].cell, old, sizeof(old));
    compare_sentence(cell, new, sizeof(new));
    return strcmp(old, new) == 0;
}

/* `only_worse`: anything else is no news. */
static int compare(struct follow *f, struct history_series *s, struct track *t, const struct place *old,
                   const struct place *new, bool experiment, bool only_worse)
{
    struct comparison c = {.base = &old->in->result, .now = &new->in->result, .exact_only = true};
    struct compare_cell cell = {.workload = s->workload};
    const struct model_place from = {&old->in->model, old->row, old->column};
    const struct model_place to = {&new->in->model, new->row, new->column};
    if (compare_cells(&c, &cell, &from, &to, &f->o->limits)) {
        free(cell.finding);
        return -1;
    }
    compare_weigh(&cell);
    if (only_worse && cell.verdict != VERDICT_WORSE) {
        free(cell.finding);
        return 0;
    }
    if (!experiment)
        t->verdict = cell.verdict;
    keep_findings(f->h, s, &cell);
    if (!cell.findings || said(f->h, s, &cell, new->in->at)) {
        free(cell.finding);
        return 0;
    }
    struct history_step *step = history_step(s, new->in->at);
    if (!step) {
        free(cell.finding);
        return -1;
    }
    step->before = old->in->at;
    step->cell = cell;
    step->verdict = cell.verdict;
    step->experiment = experiment;
    return 0;
}

/* --- tracks ---------------------------------------------------------------------------- */

/* The one that was measured last before; NULL: there is none. */
static struct track *newest(struct tracks *t)
{
    struct track *found = NULL;
    for (unsigned i = 0; i < t->count; i++)
        if (!found || t->track[i].last.in->at > found->last.in->at)
            found = &t->track[i];
    return found;
}

/* The one that the measurement goes on with; `why`: what keeps it from being the newest one's. -1: no memory. */
static int choose(struct follow *f, struct tracks *t, const struct place *new, struct track **found,
                  char why[COMPARABLE_WHY + 40])
{
    const struct track *latest = newest(t);
    char room[COMPARABLE_WHY];
    *found = NULL;
    *why = 0;
    for (unsigned i = 0; i < t->count; i++) {
        const char *different = differ(f, &t->track[i].last, new, room);
        if (!different)
            return -1;
        if (!*different && (!*found || t->track[i].last.in->at > (*found)->last.in->at))
            *found = &t->track[i];
        if (&t->track[i] == latest)
            text_format(why, COMPARABLE_WHY + 40, "%s", different);
    }
    return 0;
}

static struct track *room_for_another(struct tracks *t)
{
    if (t->count < FOLLOW_TRACKS)
        return &t->track[t->count++];
    struct track *oldest = &t->track[0];
    for (unsigned i = 1; i < t->count; i++)
        if (t->track[i].last.in->at < oldest->last.in->at)
            oldest = &t->track[i];
    free_track(oldest);
    return oldest;
}

/* The first of an experiment has nothing to be held against. */
static int begin(struct follow *f, struct history_series *s, struct tracks *t, const struct place *new, const char *why)
{
    struct history *h = f->h;
    struct place before = {NULL, 0, 0};
    char text[COMPARABLE_WHY + 120];
    if (t->count)
        set(&before, &newest(t)->last);
    struct track *track = room_for_another(t);
    *track = (struct track){.experiment = s->experiments++, .born = new->in->at, .why = ""};
    set(&track->first, new);
    set(&track->last, new);
    track->verdict = before.in || h->nights < 2 ? VERDICT_INCONCLUSIVE : VERDICT_CHANGED;
    text_format(text, sizeof(text), "%s%.440s",
                before.in       ? "the newest night is the first of another experiment: "
                : h->nights < 2 ? "there is only one night"
                                : "is new",
                why);
    track->why = history_keep(h, text);
    int bad = before.in ? compare(f, s, track, &before, new, true, false) : 0;
    if (before.in && !*h->result[new->in->at].different)
        h->result[new->in->at].different = history_keep(h, why);
    loaded_release(before.in);
    return bad;
}

static int go_on(struct follow *f, struct history_series *s, struct track *t, const struct place *new)
{
    if (night_of(f, &t->last) != night_of(f, new)) {
        set(&t->earlier, &t->last);
        set(&t->first, new);
    }
    t->why = "";
    int bad = compare(f, s, t, t->earlier.in ? &t->earlier : &t->first, new, false, false);
    /* No worse than the night before, nor than the run before it, which may have been better. */
    if (!bad && t->verdict != VERDICT_WORSE && night_of(f, &t->last) == night_of(f, new))
        bad = compare(f, s, t, &t->last, new, false, true);
    set(&t->last, new);
    return bad;
}

int follow(struct follow *f, struct history_series *s, struct tracks *t, const struct place *new)
{
    struct track *track;
    char why[COMPARABLE_WHY + 40];
    t->lost = VERDICT_SAME;
    if (choose(f, t, new, &track, why))
        return -1;
    int bad = track ? go_on(f, s, track, new) : begin(f, s, t, new, why);
    s->experiment[new->in->at] = track ? track->experiment : s->experiments - 1;
    return bad;
}

/* --- the newest night -------------------------------------------------------------------- */

static void worst(struct history_series *s, enum verdict verdict, const char *why)
{
    if (verdict < s->verdict || (verdict == s->verdict && *s->why))
        return;
    s->verdict = verdict;
    text_format(s->why, sizeof(s->why), "%s", why);
}

/* It was there the night before, and nothing has taken its place. What is gone for longer was told when it went. */
static bool missing(const struct history *h, const struct tracks *t, const struct track *track)
{
    if (h->result[track->last.in->at].night + 2 != h->nights)
        return false;
    for (unsigned i = 0; i < t->count; i++)
        if (t->track[i].born > track->last.in->at)
            return false;
    return true;
}

void follow_end(const struct history *h, struct history_series *s, const struct tracks *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        const struct track *track = &t->track[i];
        if (history_tonight(h, track->last.in->at))
            worst(s, track->verdict, track->why);
        else if (t->lost == VERDICT_SAME && missing(h, t, track))
            worst(s, VERDICT_INCONCLUSIVE,
                  history_tonight(h, s->last) ? "is not in the newest night in all of its experiments"
                                              : "is not in the newest night");
    }
    if (t->lost != VERDICT_SAME)
        worst(s, t->lost, t->lost_why);
}
