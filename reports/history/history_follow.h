/*
 * history_follow.h: a series is followed from result to result. Only those stay in memory that hold its last
 * measurements, which as a rule are those of the night before: hundreds of nights cost no more memory than two.
 */
#ifndef REPORTS_HISTORY_FOLLOW_H
#define REPORTS_HISTORY_FOLLOW_H

#include "reports/history/history.h"

#define FOLLOW_TRACKS 8 /* experiments that go on side by side; the one longest not measured is given up */

/* A result in memory, for as long as somebody needs it. */
struct loaded {
    struct result result;
    struct model model;
    size_t at; /* its place in the history */
    size_t users;
};

void loaded_release(struct loaded *l);

struct place {
    struct loaded *in; /* NULL: nowhere */
    size_t row;
    unsigned column;
};

/* One experiment of a series. */
struct track {
    unsigned experiment;
    size_t born;          /* its first result */
    struct place earlier; /* its last measurement of an earlier night than its newest */
    struct place first;   /* its first one of its newest night */
    struct place last;
    enum verdict verdict; /* on the last */
    const char *why;
};

struct tracks {
    struct track track[FOLLOW_TRACKS];
    unsigned count;
    enum verdict lost; /* in the newest night, since it was measured last; else VERDICT_SAME */
    const char *lost_why;
};

struct follow {
    struct history *h;
    const struct history_options *o;
    /* The last answer on two columns: that of all rows. */
    const struct loaded *asked[2];
    unsigned asked_column[2];
    char answer[COMPARABLE_WHY + 40];
};

/* Its next measurement. -1: no memory. */
int follow(struct follow *f, struct history_series *s, struct tracks *t, const struct place *new);

/* After the last result: the verdict on the newest night, as far as it is exact. */
void follow_end(const struct history *h, struct history_series *s, const struct tracks *t);
void follow_free(struct tracks *t);

#endif
