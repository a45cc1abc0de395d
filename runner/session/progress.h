/*
 * progress.h: one line on a terminal that says what runs; nothing anywhere else.
 */
#ifndef RUNNER_PROGRESS_H
#define RUNNER_PROGRESS_H

#include <stdbool.h>

struct progress {
    bool on;
    unsigned total, done; /* workloads over all boots */
    long long started;
    unsigned shown; /* characters on the line */
};

/* On only when standard error is a terminal that can move its cursor, and not `quiet`. */
void progress_open(struct progress *p, unsigned total, bool quiet);
void progress_show(struct progress *p, const char *what);
/* Takes the line away. */
void progress_clear(struct progress *p);

#endif
