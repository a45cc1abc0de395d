/*
 * candidate.h: one build of a hypervisor, and its number. What was measured is kept as an ordinary result, with its
 * explanation, in a folder that outlives the search: no tree is built and no build is booted twice, also where several
 * computers work on one folder.
 */
#ifndef RUNNER_CANDIDATE_H
#define RUNNER_CANDIDATE_H

#include "runner/bisect/metric.h"

/* What a repository builds, and how pvbench run is told of it. */
struct product_kind {
    const char *name;
    const char *mark;    /* a path that its repository has */
    const char *build;   /* a command of the shell */
    const char *product; /* a path that it makes; a folder of images: with a slash */
    const char *option;  /* of pvbench run; NULL: PVBENCH_IMAGES */
};

extern const struct product_kind product_kinds[]; /* ends with one without a name */

/* By what is in the folder; NULL: none of them. */
const struct product_kind *product_kind_of(const char *tree);

struct candidates {
    const struct metric *metric;
    const struct product_kind *kind;
    const char *build, *product; /* as the kind says, unless the user says something else */
    const char *modules;         /* of a kernel, below the tree; NULL: all is built in */
    const char *suite;
    const char *tree, *work, *cache; /* absolute */
    const char *images;              /* pvbench's own: what a build does not bring is taken of them */
    unsigned deadline_s;             /* of a build */
    char key[17];                    /* of all that decides a number beside the build */
};

struct candidate {
    double value;
    bool cached;       /* nothing was booted for it */
    char build[17];    /* the name of what was built */
    char result[4096]; /* the file */
};

/* The rest of it is filled. */
int candidates_open(struct candidates *all, struct pvb_error *e);

/* A result of this tree that is kept already. False: none. */
bool candidate_find(const struct candidates *all, const char *tree_hash, struct candidate *c);

/* A result that somebody else made of the build of this name, in the same folder. 0; -1: there is none. */
int candidate_of_build(const struct candidates *all, const char *build, struct candidate *c, struct pvb_error *e);

/* Builds what is checked out and measures it. 0; 1: it cannot be measured, and the error says why; -1: an error of
 * this computer. */
int candidate_make(const struct candidates *all, const char *tree_hash, struct candidate *c, struct pvb_error *e);

/* What is built already, a file or a folder: 0, 1 or -1 as above. Without a metric the whole suite, with `more` options
 * of pvbench run behind (NULL ends them). */
int candidate_measure(const struct candidates *all, const char *product, const char *result, char *const *more,
                      struct pvb_error *e);

#endif
