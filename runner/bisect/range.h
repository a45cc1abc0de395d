/*
 * range.h: the commits of which one may have changed a number, and which of them is tried next. The search is git
 * bisect's, by the same weights (how many of the candidates a commit contains), but that the newest commit is a
 * candidate like the others, whose number is not known: so n commits take at most log2(n + 1) runs, rounded up, and
 * that nothing changed at all is one of the answers. What does not build is passed over for the next best.
 */
#ifndef RUNNER_RANGE_H
#define RUNNER_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANGE_MAX 32768 /* commits: 128 MiB of what contains what */

struct range {
    size_t count;
    char (*commit)[65]; /* parents before children, as git rev-list --topo-order --reverse has them */
    bool *dead;         /* known not to be measurable */
    bool *changed;      /* its number is another */
    bool *gone;         /* is no candidate any more */
    uint64_t *contains; /* a bit a commit, a row a commit */
    size_t words;
};

/* Of `git rev-list --topo-order --reverse --parents`; -1: it is not that, or has more than RANGE_MAX lines. */
int range_read(struct range *r, const char *text);
void range_free(struct range *r);

/*
 * Those to be tried at once, `room` at most, oldest first: they divide the answers into room + 1 parts that are as
 * equal as can be, so that n commits take log(n + 1) to the base of room + 1 rounds. 0: there is nothing left to be
 * learnt.
 */
size_t range_pick(const struct range *r, size_t *into, size_t room);

/*
 * What was found of one. False: it contradicts what was found before, as where a number came back to what it was: then
 * nothing is learnt of it. With what was found of several, oldest first, the first change is followed.
 */
bool range_same(struct range *r, size_t at);    /* it, and all that it contains, are not the cause */
bool range_changed(struct range *r, size_t at); /* nor is what it does not contain */
void range_dead(struct range *r, size_t at);

bool range_contains(const struct range *r, size_t commit, size_t other);

/* Those that are left when there is nothing to be learnt: one is the cause, several where some cannot be measured;
 * none: nothing changed. */
size_t range_left(const struct range *r, size_t *into, size_t room);

#endif
