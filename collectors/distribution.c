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

bool distribution_read(struct distribution *d, struct words *w)
{
    struct word word;
    while (!words_end(w)) {
        uint64_t value, count = 1;
        if (!words_next(w, &word))
            return false;
        const char *star = memchr(word.text, '*', word.size);
        if (star) {
            size_t left = (size_t)(star - word.text);
            struct word times = {star + 1, word.size - left - 1};
            word.size = left;
            if (!word_decimal(times, PVB_TICKS_MAX, &count))
                return false;
        }
        if (!word_decimal(word, PVB_TICKS_MAX, &value) || !distribution_add(d, value, count))
            return false;
    }
    return true;
}

void distribution_free(struct distribution *d)
{
    free(d->item);
    *d = (struct distribution){0};
}
