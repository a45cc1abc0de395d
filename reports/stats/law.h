/*
 * law.h: what a batch costs against how many are in it: a fixed part, and one for each.
 */
#ifndef REPORTS_LAW_H
#define REPORTS_LAW_H

#include <stdbool.h>
#include <stddef.h>

struct law {
    double fixed, each;
    double off; /* the largest distance of a batch from the line, as a share of the batch */
};

/* By least squares over batches of n[i] that cost batch[i] each. False: there are fewer than three. */
bool law_fit(const double *n, const double *batch, size_t points, struct law *law);

#endif
