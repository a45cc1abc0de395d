/* run_options.h: the command line of `pvbench run`. */
#ifndef RUNNER_RUN_OPTIONS_H
#define RUNNER_RUN_OPTIONS_H

#include "runner/command/shard.h"

struct run_options {
    const char *suite, *output, *keep_logs;
    struct narrowing narrowing;
    struct shard_options shard;
    unsigned jobs;
    bool verify, resume, force, quiet, no_retry, print_suite;
};

/* -1: go on; else an exit status, everything having been said. */
int run_options_read(struct run_options *o, int argc, char **argv);

/* The command line of `pvbench plan`: what narrows a run, and into how many shards. */
int plan_options_read(struct run_options *o, unsigned *format, int argc, char **argv);
enum { PLAN_TEXT, PLAN_JSON };

#endif
