/*
 * explain_pictures.h: the flame graphs of an explanation, for a page: each workload once, folded away, with a picture
 * for each of its guests. The page of an explanation has them, the page of what changed, and that of a result.
 */
#ifndef REPORTS_EXPLAIN_PICTURES_H
#define REPORTS_EXPLAIN_PICTURES_H

#include "reports/explain/explain.h"
#include "reports/explain/flame.h"

/* What is drawn of a workload and guest, and said of it. */
struct explain_picture {
    /* False: nothing is drawn of it. */
    bool (*make)(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                 const void *with, struct flame *into);
    /* "762 instructions an operation" */
    void (*in_short)(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                     const void *with, char *into, size_t size);
    const void *with;
    const char *what; /* "Flame graph" */
};

/* `class`: of the page's style, for a workload: "workload" is printed on paper, "aside" where it was unfolded. */
void explain_pictures(const struct explanation *x, const struct explain_choice *c, const struct explain_picture *p,
                      const char *class, FILE *out);

/* How a flame graph is looked at, in a paragraph. */
void explain_pictures_how(FILE *out);

#endif
