/* nearest.c: the distance of two words by their edits; nearest.h says what counts. */
#include "common/nearest.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 63 /* what is longer is no word of ours */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: of all beginnings of one word to all of the other. */
static size_t distance(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    size_t d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

const char *nearest(const char *word, const char *const *list)
{
    const size_t size = strlen(word);
    size_t best = size / 3 + 1; /* of it and more nobody is asked */
    const char *found = NULL;
    for (size_t i = 0; list[i] && size <= LONGEST; i++) {
        const size_t now = strlen(list[i]) <= LONGEST ? distance(word, list[i]) : best;
        found = now < best ? list[i] : found;
        best = least(best, now);
    }
    return found;
}

void nearest_ask(const char *word, const char *const *list, char *into, size_t size)
{
    const char *near = nearest(word, list);
    snprintf(into, size, near ? "; did you mean %s?" : "%s", near ? near : "");
}
