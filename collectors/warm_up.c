/* warm_up.c: the change of level; warm_up.h says how it is told. */
#include "collectors/warm_up.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS_MAX 8

struct ranked {
    uint64_t value;
    size_t at;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static uint64_t median(const uint64_t *sample, size_t n, uint64_t *room)
{
    memcpy(room, sample, n * sizeof(*sample));
    qsort(room, n, sizeof(*room), by_number);
    return room[(n - 1) / 2];
}

struct room {
    struct ranked *sorted;
    double *rank;
    uint64_t *values;
};

/* Ranks from 1, equal values sharing theirs; the variance that ties leave of one that has none. */
static double rank(const uint64_t *sample, size_t n, const struct room *r)
{
    double ties = 0;
    for (size_t i = 0; i < n; i++)
        r->sorted[i] = (struct ranked){sample[i], i};
    qsort(r->sorted, n, sizeof(*r->sorted), by_value);
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i; next < n && r->sorted[next].value == r->sorted[i].value; next++)
            continue;
        double t = (double)(next - i);
        ties += t * t * t - t;
        for (size_t j = i; j < next; j++)
            r->rank[r->sorted[j].at] = (double)(i + 1 + next) / 2;
    }
    double m = (double)n;
    return 1 - ties / (m * m * m - m);
}

/* The strongest change in (0, n): how many samples before it; 0 when there is none. */
static size_t strongest(const uint64_t *sample, size_t n, const struct room *r)
{
    double left = rank(sample, n, r), m = (double)n, sum = 0, best = WARM_UP_SIGMAS;
    size_t at = 0;
    for (size_t i = 1; i < n && left > 0; i++) {
        double k = (double)i;
        sum += r->rank[i - 1];
        double z = fabs(sum - k * (m + 1) / 2) / sqrt(k * (m - k) * (m + 1) / 12 * left);
        if (z > best) {
            best = z;
            at = i;
        }
    }
    if (!at)
        return 0;
    uint64_t before = median(sample, at, r->values), after = median(sample + at, n - at, r->values);
    return fabs((double)before - (double)after) > WARM_UP_SHARE * (double)after ? at : 0;
}

int warm_up_find(const uint64_t *sample, size_t n, struct warm_up *into)
{
    const struct room r = {malloc((n + 1) * sizeof(*r.sorted)), malloc((n + 1) * sizeof(*r.rank)),
                           malloc((n + 1) * sizeof(*r.values))};
    *into = (struct warm_up){0};
    int bad = !r.sorted || !r.rank || !r.values ? -1 : 0;
    for (unsigned level = 0; !bad && level < LEVELS_MAX && n - into->samples >= WARM_UP_LEAST; level++) {
        size_t more = strongest(sample + into->samples, n - into->samples, &r);
        if (!more)
            break;
        if (into->samples + more > n / 2) {
            into->unsteady = true;
            break;
        }
        into->samples += more;
    }
    if (!bad && n) {
        into->steady = median(sample + into->samples, n - into->samples, r.values);
        into->before = into->samples ? median(sample, into->samples, r.values) : into->steady;
    }
    free(r.sorted);
    free(r.rank);
    free(r.values);
    return bad;
}
