/*
 * worker.h: another pvbench that builds and measures commits for this one: `pvbench bisect --serve`, here or, started
 * by a command of the user's (--on), on another computer. Which engine that is nobody knows here: a worker is asked and
 * answers in lines on its standard input and output, and shares with us the folders of the repository and of results.
 *
 *   asked      ["bisect", "GOOD", "BAD", "--metric=…", …]    once: its command line
 *   answers    {"ready": "KEY"}      of all that decides a number beside the build; ours must be the same
 *   asked      COMMIT
 *   answers    {"commit": "…", "status": 0 or 1, "build": "…", "cached": false, "words": "why not"}
 *
 * The end of its standard input ends it, and all that it has started.
 */
#ifndef RUNNER_WORKER_H
#define RUNNER_WORKER_H

#include "runner/bisect/checkout.h"
#include "runner/common/process.h"

#include <stdbool.h>
#include <stddef.h>

#define WORKER_LINE (64u << 10) /* of what it answers */

struct worker {
    struct process process;
    int in;      /* its standard input */
    char *log;   /* what it said beside its answers */
    char *heard; /* of a line that is not whole yet */
    size_t size;
    bool ready;
    char commit[COMMIT_HEX]; /* that it has; "": none */
    long long since_ms;      /* since when we wait for its word */
};

struct worker_answer {
    bool ready; /* else of a commit */
    char key[17], commit[COMMIT_HEX], build[17], words[900];
    bool measured, cached;
};

/* `on` stands before our own name, as a command of the shell; `line`: the JSON of its command line. `number`: of the
 * worker, from 1; the command has it as PVBENCH_SHARD. */
int worker_start(struct worker *w, const char *on, const char *line, unsigned number, const char *work,
                 struct pvb_error *e);

/* -1: it does not read any more. */
int worker_ask(struct worker *w, const char *commit);

/* 1: an answer; 0: none yet; -1: it has ended, or says what nobody understands. */
int worker_hear(struct worker *w, struct worker_answer *answer);

/* It is asked to end, for all at once; then worker_end() waits for what it takes away behind it, and takes it away. */
void worker_dismiss(struct worker *w);
void worker_end(struct worker *w);

#endif
