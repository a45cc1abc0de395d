/*
 * patience.h: whether a process that was started still does something.
 *
 * A deadline by the clock would strike on a busy computer although nothing is
 * wrong. What counts is the process's own time on the processor: how much of it was
 * used, and how long it has not grown.
 */
#ifndef COMMON_PATIENCE_H
#define COMMON_PATIENCE_H

#include <sys/types.h>
#include <time.h>

struct patience {
    clockid_t clock;
    long long used_ms;  /* of the processor, by all its threads, as of the last look */
    long long moved_ms; /* of the monotonic clock: when it was last seen to have used more */
};

/* Of the monotonic clock. */
long long now_ms(void);

/* The process has just been started, and was not waited for. */
void patience_begin(struct patience *p, pid_t process);

/* For how long, in milliseconds, it has used nothing of the processor. */
long long patience_look(struct patience *p);

#endif
