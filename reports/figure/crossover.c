/* crossover.c: crossings of two curves; crossover.h says which. */
#include "reports/figure/crossover.h"

size_t crossovers(const double *n, const double *first, const double *second, size_t points, struct crossing *into,
                  size_t most)
{
    size_t found = 0, last = 0;
    double before = 0; /* the last difference that was not 0, at `last` */
    for (size_t i = 0; i < points; i++) {
        const double now = first[i] - second[i];
        if (now == 0)
            continue;
        if (before != 0 && (before < 0) != (now < 0)) {
            if (found < most)
                into[found] = (struct crossing){.before = n[last], .after = n[i], .first_cheaper = now < 0};
            found++;
        }
        before = now;
        last = i;
    }
    return found;
}
