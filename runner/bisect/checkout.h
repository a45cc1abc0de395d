/*
 * checkout.h: a user's repository, which is only read, and a tree of our own beside it, in which commits are checked
 * out and built. The tree is a clone that shares the repository's objects: nothing is written there, no worktree,
 * no reference, and nothing is left behind when we are killed.
 */
#ifndef RUNNER_CHECKOUT_H
#define RUNNER_CHECKOUT_H

#include "runner/common/error.h"

#define COMMIT_HEX 65

struct checkout {
    char *repository; /* its working tree or bare repository */
    char *tree;       /* ours */
    char *errors;     /* what git said last */
};

/* `work`: an empty folder, absolute. */
int checkout_open(struct checkout *c, const char *repository, const char *work, struct pvb_error *e);
void checkout_close(struct checkout *c);

/* A tag, a branch, a hash: the commit's. `what` names it in the error. */
int checkout_resolve(const struct checkout *c, const char *what, const char *name, char hash[COMMIT_HEX],
                     struct pvb_error *e);

/* All commits that `newest` has and `oldest` has not, as range.h reads them; to be freed. NULL: an error. */
char *checkout_between(const struct checkout *c, const char *oldest, const char *newest, struct pvb_error *e);

int checkout_is_ancestor(const struct checkout *c, const char *oldest, const char *newest, struct pvb_error *e);
int checkout_tree_hash(const struct checkout *c, const char *commit, char hash[COMMIT_HEX], struct pvb_error *e);

/* Its files into our tree; what a build left there stays. */
int checkout_take(const struct checkout *c, const char *commit, struct pvb_error *e);

/* "1234567890ab 2026-01-02 Author: subject" or, with `whole`, its message and the files that it changes; to be freed.
 * NULL: an error. */
char *checkout_show(const struct checkout *c, const char *commit, int whole, struct pvb_error *e);

#endif
