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

/* Where the descriptors begin that it may be given beside the first three. */
#define PROCESS_INHERITED     3
#define PROCESS_INHERITED_MAX 4

struct process_order {
    char *const *argv;
    const char *dir;        /* to run in */
    const char *error_file; /* in `dir`: gets its standard error; its standard input is /dev/null */
    /* Become PROCESS_INHERITED and those behind it there, and stay open here. */
    int inherited[PROCESS_INHERITED_MAX];
    unsigned inheriteds;
    const char *preload;            /* a library to be loaded first, as ld.so(8) wants it in LD_PRELOAD; NULL: none */
    struct process_watcher watcher; /* watch may be NULL */
};

int process_start(struct process *p, const struct process_order *order, struct pvb_error *e);

void process_kill(struct process *p);

#endif
