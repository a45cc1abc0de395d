/*
 * child.h: another program, run to its end: git, make, pvbench itself. It ends with a signal that ends us, and at its
 * deadline; what it says is kept, in bounds.
 */
#ifndef RUNNER_CHILD_H
#define RUNNER_CHILD_H

#include "runner/common/error.h"

#include <stddef.h>

#define CHILD_OUTPUT_MAX (16u << 20)

struct child_order {
    char *const *argv;
    const char *dir;
    const char *error_file; /* absolute: gets its standard error */
    unsigned deadline_s;
};

/*
 * Its exit status, from 128 on of a signal; -1: it could not be run, took too long, or a signal came for us
 * (session_signal). `output`: what it wrote, with a NUL behind, the caller's to free, also when it failed; NULL: it is
 * thrown away.
 */
int child_run(const struct child_order *order, char **output, struct pvb_error *e);

/* Where whoever asked us listens: its end is a signal for us. -1, as it begins: nobody. */
extern int child_lifeline;

/* Waits so long, or until that signal. */
void child_pause(int ms);

/* The last line of a file that says anything, cleaned; "" when there is none. */
void child_last_words(const char *path, char *into, size_t size);

#endif
