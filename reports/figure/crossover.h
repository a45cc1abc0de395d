/* crossover.h: where two measured curves change places. */
#ifndef REPORTS_CROSSOVER_H
#define REPORTS_CROSSOVER_H

#include <stdbool.h>
#include <stddef.h>

/* Between two measured sizes; where exactly, nobody measured. */
struct crossing {
    double before, after; /* the last size of the one order, the first of the other */
    bool first_cheaper;   /* from `after` on */
};

/*
 * The crossings of two curves over the same ascending n > 0, with costs > 0; at most
 * `most` of them, in order. Curves that meet and part again do not cross. How many there are.
 */
size_t crossovers(const double *n, const double *first, const double *second, size_t points, struct crossing *into,
                  size_t most);

#endif
