/* stats_normal.c: the normal distribution and its inverse, to the last digits of a double. */
#include "reports/stats/stats.h"

#include <math.h>

double stats_normal_cdf(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* A first guess within 5e-4 (Abramowitz and Stegun, 26.2.23) for p below a half. */
static double guess(double p)
{
    double t = sqrt(-2 * log(p));
    return -(t - ((0.010328 * t + 0.802853) * t + 2.515517) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1));
}

double stats_normal_quantile(double p)
{
    if (p <= 0)
        return -INFINITY;
    if (p >= 1)
        return INFINITY;
    if (p == 0.5)
        return 0;
    bool upper = p > 0.5;
    double q = upper ? 1 - p : p, z = guess(q);
    /* Halley's steps: each trebles the digits. */
    for (int i = 0; i < 4; i++) {
        double density = exp(-z * z / 2) / sqrt(2 * M_PI), miss = (stats_normal_cdf(z) - q) / density;
        z -= miss / (1 + z * miss / 2);
    }
    return upper ? -z : z;
}
