/* range.c: which commit contains which, and the next one to be tried; range.h says by what rule. */
#include "runner/bisect/range.h"
#include "common/memory.h"

#include <stdlib.h>
#include <string.h>

bool range_contains(const struct range *r, size_t commit, size_t other)
{
    return r->contains[commit * r->words + other / 64] >> (other % 64) & 1;
}

static void add_parent(struct range *r, size_t commit, const char *parent, size_t size)
{
    /* Near ones first: parents stand before their children. */
    for (size_t i = commit; i-- > 0;)
        if (strncmp(r->commit[i], parent, size) == 0 && !r->commit[i][size]) {
            for (size_t w = 0; w < r->words; w++)
                r->contains[commit * r->words + w] |= r->contains[i * r->words + w];
            return;
        }
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static bool is_hash(const char *text, size_t size)
{
    return (size == 40 || size == 64) && strspn(text, "0123456789abcdef") >= size;
}

static int take_line(struct range *r, size_t at, const char *line)
{
    for (bool first = true;; first = false) {
        const size_t size = strcspn(line, " \n");
        if (!is_hash(line, size))
            return -1;
        if (first)
            memcpy(r->commit[at], line, size);
        else
            add_parent(r, at, line, size);
        if (first)
            r->contains[at * r->words + at / 64] |= (uint64_t)1 << (at % 64);
        if (line[size] != ' ')
            return 0;
        line += size + 1;
    }
}

int range_read(struct range *r, const char *text)
{
    *r = (struct range){.count = count_lines(text)};
    r->words = (r->count + 63) / 64;
    if (r->count > RANGE_MAX)
        return -1;
    r->commit = memory_zeroed(r->count + 1, sizeof(*r->commit));
    r->dead = memory_zeroed(r->count + 1, sizeof(bool));
    r->changed = memory_zeroed(r->count + 1, sizeof(bool));
    r->gone = memory_zeroed(r->count + 1, sizeof(bool));
    r->contains = memory_zeroed(r->count * r->words + 1, sizeof(uint64_t));
    for (size_t i = 0; i < r->count; i++, text = strchr(text, '\n') + 1)
        if (take_line(r, i, text))
            return -1;
    return 0;
}

void range_free(struct range *r)
{
    free(r->commit);
    free(r->dead);
    free(r->changed);
    free(r->gone);
    free(r->contains);
    *r = (struct range){0};
}

static size_t weight(const struct range *r, size_t commit)
{
    size_t sum = 0;
    for (size_t i = 0; i < r->count; i++)
        sum += !r->gone[i] && range_contains(r, commit, i);
    return sum;
}

static bool change_is_known(const struct range *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->changed[i] && !r->gone[i])
            return true;
    return false;
}

/* That nothing changed is an answer, too, until something has. */
static size_t answers(const struct range *r)
{
    size_t left = 0;
    for (size_t i = 0; i < r->count; i++)
        left += !r->gone[i];
    return left + !change_is_known(r);
}

/* The one that contains as near to all * part / parts of the answers as can be; -1: none is left. */
static long nearest(const struct range *r, const size_t *weights, const bool *taken, size_t wanted, size_t parts)
{
    size_t least = SIZE_MAX;
    long best = -1;
    for (size_t i = 0; i < r->count; i++) {
        if (r->gone[i] || r->dead[i] || r->changed[i] || taken[i])
            continue;
        const size_t inside = weights[i] * parts, off = inside > wanted ? inside - wanted : wanted - inside;
        if (off < least) {
            least = off;
            best = (long)i;
        }
    }
    return best;
}

size_t range_pick(const struct range *r, size_t *into, size_t room)
{
    const size_t all = answers(r);
    size_t *weights = memory_zeroed(r->count + 1, sizeof(*weights)), picked = 0;
    bool *taken = memory_zeroed(r->count + 1, sizeof(*taken));
    for (size_t i = 0; i < r->count; i++)
        weights[i] = r->gone[i] ? 0 : weight(r, i);
    for (size_t part = 1; part <= room; part++) {
        const long at = nearest(r, weights, taken, all * part, room + 1);
        if (at >= 0)
            taken[at] = true;
    }
    for (size_t i = 0; i < r->count; i++)
        if (taken[i])
            into[picked++] = i;
    free(weights);
    free(taken);
    return picked;
}

/* How many are left if those that `at` contains, or those that it does not contain, go. */
static size_t would_leave(const struct range *r, size_t at, bool contained)
{
    size_t left = 0;
    for (size_t i = 0; i < r->count; i++)
        left += !r->gone[i] && range_contains(r, at, i) != contained;
    return left;
}

bool range_same(struct range *r, size_t at)
{
    if (change_is_known(r) && !would_leave(r, at, true))
        return false;
    for (size_t i = 0; i < r->count; i++)
        r->gone[i] = r->gone[i] || range_contains(r, at, i);
    return true;
}

bool range_changed(struct range *r, size_t at)
{
    if (!would_leave(r, at, false))
        return false;
    r->changed[at] = true;
    for (size_t i = 0; i < r->count; i++)
        r->gone[i] = r->gone[i] || !range_contains(r, at, i);
    return true;
}

void range_dead(struct range *r, size_t at)
{
    r->dead[at] = true;
}

size_t range_left(const struct range *r, size_t *into, size_t room)
{
    const bool any = change_is_known(r);
    size_t left = 0;
    for (size_t i = 0; any && i < r->count; i++)
        if (!r->gone[i]) {
            if (left < room)
                into[left] = i;
            left++;
        }
    return left;
}
