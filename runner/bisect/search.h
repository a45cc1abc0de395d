/*
 * search.h: which commits changed a number, by trying as few of them as can be, one by one or several at once.
 */
#ifndef RUNNER_SEARCH_H
#define RUNNER_SEARCH_H

#include "runner/bisect/candidate.h"
#include "runner/bisect/checkout.h"
#include "runner/bisect/crew.h"

#define SEARCH_LEFT_MAX 256

/* One change: the number before it, and since; the commit, or those among which it is where some cannot be measured. */
struct change {
    char commit[SEARCH_LEFT_MAX][COMMIT_HEX]; /* the last is the oldest that has the new number */
    size_t commits;
    struct candidate before, since;
};

struct search {
    const struct checkout *checkout;
    const struct candidates *candidates;
    struct crew *crew; /* NULL: one by one, here */
    bool quiet;
    unsigned tried, booted, passed; /* numbers that were needed; those of them that were not kept already; commits
                                       that could not be measured */
    unsigned rounds;                /* in which anything was built */
    FILE *log;                      /* as git bisect log writes it, for git bisect replay */
};

/* Of a commit, here: 0; 1: it cannot be measured, the error says why; -1. */
int search_try(struct search *s, const char *commit, struct candidate *c, struct pvb_error *e);

/*
 * The first change of the number between two commits; `number` is that of `oldest`, or without a result, and is
 * measured with the first others. 1: found; 0: nothing changed, in what could be measured; -1; -2: `oldest` cannot be
 * measured.
 */
int search_change(struct search *s, const char *oldest, struct candidate *number, const char *newest,
                  struct change *found, struct pvb_error *e);

#endif
