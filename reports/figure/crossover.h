/* crossover.h: where two measured curves cross. */
#ifndef REPORTS_CROSSOVER_H
#define REPORTS_CROSSOVER_H

#include <stdbool.h>
#include <stddef.h>

struct crossing {
    double n, cost;       /* where: interpolated between the two neighbours, both axes logarithmic */
    double before, after; /* the measured n on its two sides */
    bool first_cheaper;   /* beyond it */
};

/*
 * The crossings of two curves over the same ascending n > 0, with costs > 0; at most
 * `most` of them, in order. Curves that meet and part again do not cross. How many there are.
 */
size_t crossovers(const double *n, const double *first, const double *second, size_t points, struct crossing *into,
                  size_t most);

#endif
