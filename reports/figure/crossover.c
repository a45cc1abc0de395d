/* crossover.c: crossings of two curves; crossover.h says which. */
#include "reports/figure/crossover.h"

#include <math.h>

size_t crossovers(const double *n, const double *first, const double *second, size_t points, struct crossing *into,
                  size_t most)
{
    size_t found = 0, last = 0;
    double before = 0; /* the last difference that was not 0, at `last` */
    for (size_t i = 0; i < points; i++) {
        double now = log(first[i] / second[i]);
        if (now == 0)
            continue;
        if (before != 0 && (before < 0) != (now < 0)) {
            /* Where they touch for a while, the curves change places at its beginning. */
            size_t next = last + 1;
            double there = next == i ? now : 0, share = before / (before - there);
            if (found < most)
                into[found] = (struct crossing){.n = n[last] * pow(n[next] / n[last], share),
                                                .cost = first[last] * pow(first[next] / first[last], share),
                                                .before = n[last],
                                                .after = n[next],
                                                .first_cheaper = now < 0};
            found++;
        }
        before = now;
        last = i;
    }
    return found;
}
