/*
 * process.h: a child whose output is read and whose end is certain.
 *
 * It has a process group of its own, so that all of it can be ended at once,
 * and it dies with pvbench even if pvbench is killed outright.
 */
#ifndef RUNNER_PROCESS_H
#define RUNNER_PROCESS_H

#include "runner/common/error.h"

#include <sys/types.h>

struct process {
    pid_t pid; /* 0: none */
    int out;   /* its standard output, non-blocking; -1 once closed */
};

/*
 * Runs in the parent between fork and exec, while the child, whose number
 * is already that of the program to be, waits.
 */
struct process_watcher {
    void (*watch)(void *context, pid_t pid);
    void *context;
};

/* The one descriptor that it may be given beside the first three. */
#define PROCESS_INHERITED 3

/*
 * `error_file` in `dir` gets its standard error; its standard input is /dev/null. `inherited` becomes
 * PROCESS_INHERITED there and stays open here; -1: none. `w` may be NULL.
 */
int process_start(struct process *p, char *const argv[], const char *dir, const char *error_file, int inherited,
                  const struct process_watcher *w, struct pvb_error *e);

void process_kill(struct process *p);

#endif
