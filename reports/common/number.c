/* number.c: digits for people; number.h says how many. */
#include "reports/common/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_MAX 99999.5 /* from here on a suffix says it shorter */

static void strip_zeros(char *text)
{
    if (!strchr(text, '.'))
        return;
    size_t n = strlen(text);
    while (text[n - 1] == '0')
        n--;
    if (text[n - 1] == '.')
        n--;
    text[n] = 0;
}

/* `digits` significant ones in front of the decimal point and behind it. */
static void significant(char into[NUMBER_SIZE], double value, int digits)
{
    double magnitude = value == 0 ? 0 : floor(log10(fabs(value)));
    int decimals = digits - 1 - (magnitude < -9 ? -9 : magnitude > 9 ? 9 : (int)magnitude);
    snprintf(into, NUMBER_SIZE, "%.*f", decimals < 0 ? 0 : decimals, value);
}

static void with_suffix(char into[NUMBER_SIZE], double value)
{
    static const char suffix[] = "kMGTPE";
    size_t i = 0;
    value /= 1000;
    while (fabs(value) >= 999.95 && suffix[i + 1]) {
        value /= 1000;
        i++;
    }
    if (fabs(value) >= 999.95) {
        snprintf(into, NUMBER_SIZE, "%.3g", value * 1e18);
        return;
    }
    significant(into, value, 4);
    strip_zeros(into);
    size_t n = strlen(into);
    into[n] = suffix[i];
    into[n + 1] = 0;
}

void number_cost(char into[NUMBER_SIZE], double value, bool exact)
{
    if (fabs(value) >= (exact ? WHOLE_MAX : 9999.5)) {
        with_suffix(into, value);
    } else if (exact && value == floor(value)) {
        snprintf(into, NUMBER_SIZE, "%.0f", value + 0.0);
    } else {
        significant(into, value, 4);
        strip_zeros(into);
    }
}

void number_ratio(char into[NUMBER_SIZE], double value)
{
    if (fabs(value) >= WHOLE_MAX)
        with_suffix(into, value);
    else
        significant(into, value, 3);
}

void number_entries(char into[NUMBER_SIZE], double value)
{
    if (value >= WHOLE_MAX) {
        with_suffix(into, value);
        return;
    }
    if (value != 0 && value < 1e-6) {
        snprintf(into, NUMBER_SIZE, "%.0e", value);
        return;
    }
    if (value < 0.01 && value != 0)
        significant(into, value, 1);
    else
        snprintf(into, NUMBER_SIZE, "%.2f", value);
    strip_zeros(into);
    /* What is nearly whole must not look whole. */
    for (int decimals = 3; value != floor(value) && !strchr(into, '.') && decimals <= 6; decimals++) {
        snprintf(into, NUMBER_SIZE, "%.*f", decimals, value);
        strip_zeros(into);
    }
    if (into[0] == '0' && into[1] == '.')
        memmove(into, into + 1, strlen(into));
}

void number_plain(char into[NUMBER_SIZE], double value)
{
    snprintf(into, NUMBER_SIZE, "%.9g", value);
}
