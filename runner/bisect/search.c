/* search.c: the loop of git bisect, with an exact number for its verdict; range.h chooses. */
#include "runner/bisect/search.h"
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

int search_try(struct search *s, const char *commit, struct candidate *c, struct pvb_error *e)
{
    char tree[COMMIT_HEX];
    const long long began = now_ms();
    *c = (struct candidate){0};
    if (checkout_tree_hash(s->checkout, commit, tree, e))
        return -1;
    if (!candidate_find(s->candidates, tree, c)) {
        int bad = checkout_take(s->checkout, commit, e);
        bad = bad ? bad : candidate_make(s->candidates, tree, c, e);
        if (bad > 0) {
            char words[PVB_ERROR_SIZE + 20];
            s->passed++;
            snprintf(words, sizeof(words), "passed over: %.900s", e->text);
            say(s, commit, words);
        }
        if (bad)
            return bad;
    }
    s->tried++;
    s->booted += !c->cached;
    say_value(s, commit, c, (double)(now_ms() - began) / 1000);
    return 0;
}

static void log_verdict(const struct search *s, const char *verdict, const char *commit)
{
    if (s->log)
        fprintf(s->log, "git bisect %s %s\n", verdict, commit);
}

/* What is known of a range: the newest commits known to be as before, and the oldest known to be changed. */
struct known {
    struct candidate before, since;
};

static int step(struct search *s, struct range *r, size_t at, struct known *k, struct pvb_error *e)
{
    struct candidate c;
    int bad = search_try(s, r->commit[at], &c, e);
    if (bad < 0)
        return -1;
    if (bad) {
        range_dead(r, at);
        log_verdict(s, "skip", r->commit[at]);
    } else if (c.value == k->before.value) {
        range_same(r, at);
        k->before = c;
        log_verdict(s, "good", r->commit[at]);
    } else {
        range_changed(r, at);
        k->since = c;
        log_verdict(s, "bad", r->commit[at]);
    }
    return 0;
}

static int conclude(const struct range *r, const struct known *k, struct change *found)
{
    size_t left[SEARCH_LEFT_MAX];
    const size_t count = range_left(r, left, SEARCH_LEFT_MAX);
    if (!count)
        return 0;
    *found = (struct change){.before = k->before, .since = k->since};
    for (size_t i = 0; i < count && i < SEARCH_LEFT_MAX; i++)
        memcpy(found->commit[found->commits++], r->commit[left[i]], COMMIT_HEX);
    return 1;
}

int search_change(struct search *s, const char *oldest, const struct candidate *number, const char *newest,
                  struct change *found, struct pvb_error *e)
{
    struct range r;
    struct known k = {.before = *number};
    char *list = checkout_between(s->checkout, oldest, newest, e);
    int bad = list ? 0 : -1;
    if (list && range_read(&r, list))
        bad = pvb_fail(e, "%.12s..%.12s: are more than %d commits; give nearer ends", oldest, newest, RANGE_MAX);
    if (s->log)
        fprintf(s->log, "git bisect start %s %s\n", newest, oldest);
    for (long at; !bad && (at = range_next(&r)) >= 0;)
        bad = step(s, &r, (size_t)at, &k, e);
    if (!bad)
        bad = conclude(&r, &k, found);
    if (list)
        range_free(&r);
    free(list);
    return bad;
}
