/*
 * compare_folder.c: a folder of nights in place of a base. A result is held against the last night before its
 * own: against another run of the same night a retry of what is worse would be as good as it. Only in a first
 * night there is nothing but its own first run. And where it is no worse than the night before, it must be no
 * worse than the last run of its own night either: that may have been better.
 */
#include "reports/compare/compare.h"
#include "reports/result/nights.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct search {
    const struct nights *nights;
    size_t *at; /* the files that may be a base, the best first */
    size_t count;
    unsigned night; /* the new result's */
};

bool compare_is_folder(const char *path)
{
    struct stat s;
    return strcmp(path, "-") != 0 && stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* Of earlier nights the newest first; then those of the same night from its first on. */
static void order(struct search *s, const struct nights *n)
{
    size_t now = 0;
    while (!n->file[now].extra)
        now++;
    s->night = n->file[now].night;
    for (size_t i = now; i-- > 0;)
        if (n->file[i].night != s->night)
            s->at[s->count++] = i;
    for (size_t i = 0; i < now; i++)
        if (n->file[i].night == s->night)
            s->at[s->count++] = i;
}

/* How well a result serves as a base: 2 of the same experiment, 1 of the same suite, 0 not at all; -1: no memory. */
static int fitness(const struct result *base, const struct result *now, const struct compare_options *o)
{
    struct comparable_reasons reasons = {0};
    struct report_error e = {""};
    struct model old, new;
    int fits = -1;
    bool shared = false;
    if (!comparable_suites(base, now))
        return 0;
    if (model_make(&old, base, o->filter, "", &e))
        return -1;
    if (!model_make(&new, now, o->filter, "", &e)) {
        for (unsigned i = 0; i < new.columns; i++)
            shared = shared || comparable_column(&old, new.column[i].setting) >= 0;
        if (!comparable_results(&old, &new, &reasons))
            fits = shared && (o->force || !reasons.count) ? 2 : 1;
        free(reasons.text);
        model_free(&new);
    }
    model_free(&old);
    return fits;
}

/* Loads the best base; its place in the search, or -1. */
static long choose(const struct search *s, struct result *base, const struct result *now,
                   const struct compare_options *o, struct report_error *e)
{
    long second = -1;
    for (size_t i = 0; i < s->count; i++) {
        const char *path = s->nights->file[s->at[i]].path;
        if (result_load(base, path, e))
            return -1;
        int fits = fitness(base, now, o);
        if (fits == 2)
            return (long)i;
        second = fits == 1 && second < 0 ? (long)i : second;
        result_free(base);
        if (fits < 0)
            return report_fail(e, "%s: out of memory", path);
    }
    if (second >= 0 && result_load(base, s->nights->file[s->at[second]].path, e))
        return -1;
    return second;
}

static int look_back(const struct search *s, size_t from, struct comparison *c, const char *now_path,
                     const struct compare_options *o, struct report_error *e)
{
    for (size_t i = from; i < s->count && compare_wants_older(c); i++) {
        const char *path = s->nights->file[s->at[i]].path;
        struct result r;
        int bad = result_load(&r, path, e);
        if (!bad && comparable_suites(&r, c->now) && compare_older(c, &r, path, o))
            bad = report_fail(e, "%s: out of memory", path);
        result_free(&r);
        if (bad) {
            compare_free(c);
            return -1;
        }
    }
    return compare_end(c, now_path, o, e);
}

static int night_before(struct search *s, struct compare_base *b, const char *folder, const struct result *now,
                        const char *now_path, struct compare_options *o, struct report_error *e)
{
    e->text[0] = 0;
    long at = choose(s, &b->result, now, o, e);
    if (at < 0 && e->text[0])
        return -1;
    if (at < 0)
        return report_fail(
            e, "%s: holds no other result of suite %s from before %.40s; run the suite with -o %s/NAME.json", folder,
            now->suite, *now->date ? now->date : "now", folder);
    snprintf(b->path, sizeof(b->path), "%s", s->nights->file[s->at[at]].path);
    if (b->ready && b->ready(b, o, e))
        return -1;
    if (compare_begin(&b->comparison, &b->result, now, b->path, now_path, o, e))
        return -1;
    return look_back(s, (size_t)at + 1, &b->comparison, now_path, o, e);
}

/* The last run of the same night, where the result is worse than that. */
static int same_night(struct search *s, struct compare_base *b, const struct result *now, const char *now_path,
                      const struct compare_options *o, struct report_error *e)
{
    const struct nights_file *file = s->nights->file;
    struct compare_base *other = calloc(1, sizeof(*other));
    long at = -1;
    int bad = 0;
    if (!other)
        return report_fail(e, "%s: out of memory", now_path);
    for (size_t i = s->count; i-- > 0 && file[s->at[i]].night == s->night && at < 0 && !bad;) {
        const char *path = file[s->at[i]].path;
        bad = result_load(&other->result, path, e);
        if (bad || strcmp(path, b->path) == 0 || fitness(&other->result, now, o) != 2)
            result_free(&other->result);
        else
            at = (long)s->at[i];
    }
    if (!bad && at >= 0) {
        snprintf(other->path, sizeof(other->path), "%s", file[at].path);
        bad = compare_make(&other->comparison, &other->result, now, other->path, now_path, o, e);
        if (!bad && compare_status(&other->comparison) == 3) {
            struct compare_base swap = *b;
            *b = *other;
            *other = swap;
            b->comparison.base = &b->result;
            b->comparison.model[0].result = &b->result;
        }
        if (!bad)
            compare_free(&other->comparison);
        result_free(&other->result);
    }
    free(other);
    return bad;
}

static int search(struct search *s, struct compare_base *b, const char *folder, const struct result *now,
                  const char *now_path, struct compare_options *o, struct report_error *e)
{
    const struct nights_left *damaged = nights_damaged(s->nights);
    if (damaged) /* silence would make an old one the newest */
        return report_fail(e, "%s: %s; mend it or take it out of the folder", damaged->path, damaged->why);
    order(s, s->nights);
    if (night_before(s, b, folder, now, now_path, o, e))
        return -1;
    if (compare_status(&b->comparison) == 3)
        return 0;
    int bad = same_night(s, b, now, now_path, o, e);
    if (bad)
        compare_free(&b->comparison);
    return bad;
}

int compare_folder(struct compare_base *b, const char *folder, const struct result *now, const char *now_path,
                   struct compare_options *o, struct report_error *e)
{
    struct nights n;
    if (nights_read(&n, folder, now, now_path, e))
        return -1;
    struct search s = {&n, calloc(n.files, sizeof(*s.at)), 0, 0};
    int bad = s.at ? search(&s, b, folder, now, now_path, o, e) : report_fail(e, "%s: out of memory", folder);
    free(s.at);
    nights_free(&n);
    return bad;
}
