/* law.c: see law.h. */
#include "reports/stats/law.h"

#include <math.h>

bool law_fit(const double *n, const double *batch, size_t points, struct law *law)
{
    double sum_n = 0, sum_batch = 0, square = 0, product = 0;
    if (points < 3)
        return false;
    for (size_t i = 0; i < points; i++) {
        sum_n += n[i];
        sum_batch += batch[i];
    }
    const double middle = sum_n / (double)points, level = sum_batch / (double)points;
    for (size_t i = 0; i < points; i++) {
        square += (n[i] - middle) * (n[i] - middle);
        product += (n[i] - middle) * (batch[i] - level);
    }
    if (square <= 0)
        return false;
    *law = (struct law){.each = product / square, .fixed = level - product / square * middle};
    for (size_t i = 0; i < points; i++)
        if (batch[i] > 0)
            law->off = fmax(law->off, fabs(law->fixed + law->each * n[i] - batch[i]) / batch[i]);
    return true;
}
