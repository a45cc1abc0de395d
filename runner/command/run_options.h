/* run_options.h: the command line of `pvbench run`. */
#ifndef RUNNER_RUN_OPTIONS_H
#define RUNNER_RUN_OPTIONS_H

#include "runner/plan/plan.h"

struct run_options {
    const char *suite, *output, *keep_logs;
    struct narrowing narrowing;
    unsigned jobs;
    bool verify, resume, force, quiet, no_retry, print_suite;
};

/* -1: go on; else an exit status, everything having been said. */
int run_options_read(struct run_options *o, int argc, char **argv);

#endif
