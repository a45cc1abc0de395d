/*
 * trace_command.h: a program that is started to be traced: its process is
 * there, and known to the probes, before it becomes what was asked for.
 */
#ifndef RUNNER_TRACE_COMMAND_H
#define RUNNER_TRACE_COMMAND_H

#include "runner/common/error.h"

#include <sys/types.h>

struct trace_command {
    char *const *argv;
    pid_t pid; /* 0: there is none, or it was waited for */
    int gate;
};

/* It waits. */
int trace_command_start(struct trace_command *c, char *const *argv, struct pvb_error *e);

/* It becomes the program; -1 when it cannot. */
int trace_command_go(struct trace_command *c, struct pvb_error *e);

/* Whatever there still is of it is ended. */
void trace_command_end(struct trace_command *c);

#endif
