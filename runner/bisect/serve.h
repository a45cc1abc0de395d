/*
 * serve.h: the other end of worker.h: asked for commits on standard input, it answers on standard output.
 */
#ifndef RUNNER_SERVE_H
#define RUNNER_SERVE_H

#include "runner/bisect/search.h"

#define SERVE_WORDS_MAX 32

/* Its command line, the first that it is asked: the number of words, all of them new; -1. */
int serve_words(char *words[SERVE_WORDS_MAX], struct pvb_error *e);

/* Until nobody asks any more: 0; -1. */
int serve_commits(struct search *s, struct pvb_error *e);

#endif
