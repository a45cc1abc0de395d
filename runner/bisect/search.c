/* search.c: the loop of git bisect, with an exact number for its verdict; range.h chooses, crew.h tries several. */
#include "runner/bisect/search.h"
#include "common/memory.h"
#include "common/patience.h"
#include "common/text.h"
#include "runner/bisect/range.h"

#include <stdlib.h>
#include <string.h>

static void say(const struct search *s, const char *commit, const char *verdict)
{
    struct pvb_error e;
    char *line = checkout_show(s->checkout, commit, 0, &e);
    if (line)
        line[strcspn(line, "\n")] = 0;
    if (!s->quiet)
        text_print(stderr, "pvbench: %s  [%s]", verdict, line ? line : commit);
    free(line);
}

static void say_value(const struct search *s, const char *commit, const struct candidate *c, double seconds)
{
    char words[120];
    snprintf(words, sizeof(words), "%s %g%s, %.1f s", s->candidates->metric->field, c->value,
             c->cached ? " (kept)" : "", seconds);
    say(s, commit, words);
}

static void say_passed(const struct search *s, const char *commit, const char *why)
{
    char words[PVB_ERROR_SIZE + 20];
    snprintf(words, sizeof(words), "passed over: %.900s", why);
    say(s, commit, words);
}

int search_try(struct search *s, const char *commit, struct candidate *c, struct pvb_error *e)
{
    char tree[COMMIT_HEX];
    const long long began = now_ms();
    *c = (struct candidate){0};
    if (checkout_tree_hash(s->checkout, commit, tree, e))
        return -1;
    if (!candidate_find(s->candidates, tree, c)) {
        s->rounds++;
        int bad = checkout_take(s->checkout, commit, e);
        bad = bad ? bad : candidate_make(s->candidates, tree, c, e);
        if (bad > 0) {
            s->passed++;
            say_passed(s, commit, e->text);
        }
        if (bad)
            return bad;
    }
    s->tried++;
    s->booted += !c->cached;
    say_value(s, commit, c, (double)(now_ms() - began) / 1000);
    return 0;
}

/* --- one round ------------------------------------------------------------------------------- */

static void told(void *with, const struct crew_job *job)
{
    struct search *s = with;
    if (job->status) {
        s->passed++;
        say_passed(s, job->commit, job->words);
        return;
    }
    s->tried++;
    s->booted += !job->candidate.cached;
    say_value(s, job->commit, &job->candidate, job->seconds);
}

/* Trees that are kept, or that two commits have, are no job. */
static int try_with_crew(struct search *s, struct crew_job *job, size_t count, struct pvb_error *e)
{
    char(*tree)[COMMIT_HEX] = memory_zeroed(count, sizeof(*tree));
    struct crew_job *open = memory_zeroed(count, sizeof(*open));
    size_t *place = memory_zeroed(count, sizeof(*place)), opens = 0;
    int bad = 0;
    for (size_t i = 0; !bad && i < count; i++) {
        bad = checkout_tree_hash(s->checkout, job[i].commit, tree[i], e);
        size_t twin = 0;
        while (twin < i && strcmp(tree[twin], tree[i]) != 0)
            twin++;
        if (bad || twin < i) {
            place[i] = place[twin];
        } else if (candidate_find(s->candidates, tree[i], &job[i].candidate)) {
            job[i].done = true;
            told(s, &job[i]);
        } else {
            place[i] = opens;
            open[opens++] = job[i];
        }
    }
    s->rounds += opens > 0;
    if (!bad && opens)
        bad = crew_try(s->crew, open, opens, told, s, e);
    for (size_t i = 0; !bad && i < count; i++) {
        if (job[i].done)
            continue;
        const char *commit = job[i].commit;
        const bool twin = strcmp(open[place[i]].commit, commit) != 0;
        /* Of the tree of one that was kept it is as of that. */
        if (twin && candidate_find(s->candidates, tree[i], &job[i].candidate))
            job[i].status = 0;
        else
            job[i] = open[place[i]];
        job[i].commit = commit;
        job[i].candidate.cached = job[i].candidate.cached || twin;
        if (twin)
            told(s, &job[i]);
    }
    free(tree);
    free(open);
    free(place);
    return bad;
}

static int try_all(struct search *s, struct crew_job *job, size_t count, struct pvb_error *e)
{
    int bad = 0;
    if (s->crew)
        return try_with_crew(s, job, count, e);
    for (size_t i = 0; bad >= 0 && i < count; i++) {
        job[i].status = bad = search_try(s, job[i].commit, &job[i].candidate, e);
        if (bad > 0)
            text_format(job[i].words, sizeof(job[i].words), "%s", e->text);
    }
    return bad < 0 ? -1 : 0;
}

/* --- the search ------------------------------------------------------------------------------- */

static void log_verdict(const struct search *s, const char *verdict, const char *commit)
{
    if (s->log)
        fprintf(s->log, "git bisect %s %s\n", verdict, commit);
}

/* A range, and what was measured of it. */
struct known {
    struct range range;
    struct candidate **of; /* of each commit; NULL: nothing */
    struct candidate *number;
};

static void note(const struct search *s, struct known *k, size_t at, const struct crew_job *job)
{
    struct range *r = &k->range;
    if (job->status) {
        range_dead(r, at);
        log_verdict(s, "skip", r->commit[at]);
        return;
    }
    const bool same = job->candidate.value == k->number->value;
    if (!(same ? range_same(r, at) : range_changed(r, at)))
        return;
    k->of[at] = memory_zeroed(1, sizeof(**k->of));
    *k->of[at] = job->candidate;
    log_verdict(s, same ? "good" : "bad", r->commit[at]);
}

/* As many as can be tried at once, and GOOD with the first of them. 1: there is nothing left to be learnt. */
static int step(struct search *s, struct known *k, const char *oldest, struct pvb_error *e)
{
    size_t at[CREW_MAX];
    const size_t room = s->crew ? s->crew->count : 1, first = !*k->number->result;
    struct crew_job *job = memory_zeroed(room + 1, sizeof(*job));
    const size_t picked = range_pick(&k->range, at, room - first);
    job[0].commit = oldest;
    for (size_t i = 0; i < picked; i++)
        job[first + i].commit = k->range.commit[at[i]];
    int bad = first + picked ? try_all(s, job, first + picked, e) : 1;
    if (!bad && first && job[0].status) {
        pvb_fail(e, "%s", job[0].words);
        bad = -2;
    } else if (!bad && first) {
        *k->number = job[0].candidate;
    }
    for (size_t i = 0; !bad && i < picked; i++)
        note(s, k, at[i], &job[first + i]);
    free(job);
    return bad;
}

/* The newest that is as before, and in what changed. */
static const struct candidate *last_before(const struct known *k, size_t changed)
{
    for (size_t i = changed; i-- > 0;)
        if (k->of[i] && k->of[i]->value == k->number->value && range_contains(&k->range, changed, i))
            return k->of[i];
    return k->number;
}

static int conclude(const struct known *k, struct change *found)
{
    size_t left[SEARCH_LEFT_MAX];
    const struct range *r = &k->range;
    const size_t count = range_left(r, left, SEARCH_LEFT_MAX);
    if (!count)
        return 0;
    size_t changed = r->count - 1;
    while (changed && (r->gone[changed] || !r->changed[changed]))
        changed--;
    *found = (struct change){.before = *last_before(k, changed), .since = *k->of[changed]};
    for (size_t i = 0; i < count && i < SEARCH_LEFT_MAX; i++)
        memcpy(found->commit[found->commits++], r->commit[left[i]], COMMIT_HEX);
    return 1;
}

static void forget(struct known *k)
{
    for (size_t i = 0; k->of && i < k->range.count; i++)
        free(k->of[i]);
    free(k->of);
    range_free(&k->range);
}

int search_change(struct search *s, const char *oldest, struct candidate *number, const char *newest,
                  struct change *found, struct pvb_error *e)
{
    struct known k = {.number = number};
    char *list = checkout_between(s->checkout, oldest, newest, e);
    if (!list)
        return -1;
    int bad = 0;
    if (range_read(&k.range, list))
        bad = pvb_fail(e, "%.12s..%.12s: are more than %d commits; give nearer ends", oldest, newest, RANGE_MAX);
    else
        k.of = memory_zeroed(k.range.count + 1, sizeof(struct candidate *));
    if (s->log)
        fprintf(s->log, "git bisect start %s %s\n", newest, oldest);
    while (!bad)
        bad = step(s, &k, oldest, e);
    if (bad > 0)
        bad = conclude(&k, found);
    forget(&k);
    free(list);
    return bad;
}
