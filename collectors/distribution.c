/* distribution.c: "V*C V*C …" lists with all their sums checked. */
#include "collectors/distribution.h"

#include <stdlib.h>
#include <string.h>

bool distribution_add(struct distribution *d, uint64_t value, uint64_t count)
{
    uint64_t product;
    if (!count || value > PVB_TICKS_MAX || (d->items && value <= d->item[d->items - 1].value))
        return false;
    if (__builtin_mul_overflow(value, count, &product) || __builtin_add_overflow(d->total, product, &d->total) ||
        __builtin_add_overflow(d->count, count, &d->count))
        return false;
    if (d->total > PVB_TICKS_MAX || d->count > PVB_TICKS_MAX)
        return false;
    if (d->items == d->room) {
        size_t room = d->room ? 2 * d->room : 8;
        void *item = realloc(d->item, room * sizeof(*d->item));
        if (!item)
            return false;
        d->item = item;
        d->room = room;
    }
    d->item[d->items].value = value;
    d->item[d->items++].count = count;
    return true;
}

/* "V*C" or "V" */
static bool read_item(struct words *w, uint64_t *value, uint64_t *count)
{
    struct word word;
    *count = 1;
    if (!words_next(w, &word))
        return false;
    const char *star = memchr(word.text, '*', word.size);
    if (star) {
        size_t left = (size_t)(star - word.text);
        struct word times = {star + 1, word.size - left - 1};
        word.size = left;
        if (!word_decimal(times, PVB_TICKS_MAX, count))
            return false;
    }
    return word_decimal(word, PVB_TICKS_MAX, value);
}

bool distribution_read(struct distribution *d, struct words *w)
{
    uint64_t value, count;
    while (!words_end(w))
        if (!read_item(w, &value, &count) || !distribution_add(d, value, count))
            return false;
    return true;
}

bool series_read(uint64_t *value, size_t *count, size_t room, struct words *w)
{
    uint64_t one, times;
    while (!words_end(w)) {
        if (!read_item(w, &one, &times) || !times || times > room - *count)
            return false;
        while (times--)
            value[(*count)++] = one;
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

bool distribution_of(struct distribution *d, const uint64_t *value, size_t n)
{
    uint64_t *sorted = malloc(n * sizeof(*sorted) + 1);
    bool good = sorted;
    if (sorted) {
        memcpy(sorted, value, n * sizeof(*sorted));
        qsort(sorted, n, sizeof(*sorted), by_number);
    }
    for (size_t i = 0, next; good && i < n; i = next) {
        for (next = i; next < n && sorted[next] == sorted[i]; next++)
            continue;
        good = distribution_add(d, sorted[i], next - i);
    }
    free(sorted);
    return good;
}

void distribution_free(struct distribution *d)
{
    free(d->item);
    *d = (struct distribution){0};
}
