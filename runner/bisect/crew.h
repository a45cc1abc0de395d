/*
 * crew.h: several workers (worker.h) that try commits at once. A worker that ends, as with the node it is on, is
 * started anew, and another one tries its commit.
 */
#ifndef RUNNER_CREW_H
#define RUNNER_CREW_H

#include "runner/bisect/candidate.h"
#include "runner/bisect/worker.h"

#define CREW_MAX 64

struct crew {
    unsigned count;
    const char *on;   /* before the name of what is started, as a command of the shell; "": here */
    const char *line; /* the JSON of a worker's command line */
    const char *work;
    const struct candidates *candidates;
    struct worker worker[CREW_MAX];
    unsigned deaths[CREW_MAX]; /* one after the other, without an answer */
};

/* A commit that is to be tried, and what came of it. */
struct crew_job {
    const char *commit;
    int status; /* 0: the candidate is whole; 1: it cannot be measured, `words` say why */
    struct candidate candidate;
    char words[PVB_ERROR_SIZE];
    double seconds;
    /* The crew's own. */
    bool given, done;
    unsigned tries;
};

/* Until all are done; `told` is called for each as it comes. -1: a signal, or nobody is left who could try. */
int crew_try(struct crew *crew, struct crew_job *jobs, size_t count,
             void (*told)(void *with, const struct crew_job *job), void *with, struct pvb_error *e);

/* All of them, and what they have started. */
void crew_end(struct crew *crew);

#endif
