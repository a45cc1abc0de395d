/* trimmed.c: the trimmed mean of a distribution; trimmed.h says how much is cut. */
#include "reports/result/trimmed.h"

#include <math.h>

#define CUT 0.01 /* of all values, on either side */

static double count_of(const json_t *pair)
{
    const double count = json_number_value(json_array_get(pair, 1));
    return count > 0 ? count : 0;
}

double trimmed_mean(const json_t *distribution, double mean)
{
    const json_t *pair;
    size_t i;
    double all = 0, seen = 0, sum = 0, kept = 0;
    json_array_foreach(distribution, i, pair) all += count_of(pair);
    const double low = floor(all * CUT), high = all - low;
    json_array_foreach(distribution, i, pair)
    {
        /* How many of these values lie between the two cuts. */
        double count = fmin(seen + count_of(pair), high) - fmax(seen, low);
        seen += count_of(pair);
        if (count <= 0)
            continue;
        sum += count * json_number_value(json_array_get(pair, 0));
        kept += count;
    }
    return kept > 0 ? sum / kept : mean;
}
