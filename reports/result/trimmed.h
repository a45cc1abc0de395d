/* trimmed.h: a mean that a few strays do not move. */
#ifndef REPORTS_TRIMMED_H
#define REPORTS_TRIMMED_H

#include <jansson.h>

/*
 * The mean of a distribution ([value, count], values ascending) without its lowest and its
 * highest hundredth; `mean` where there is no distribution, because all values are equal.
 */
double trimmed_mean(const json_t *distribution, double mean);

#endif
