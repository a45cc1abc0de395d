/* trace_cells.c: a table with open addresses; trace_cells.h says why. */
#include "runner/command/trace_cells.h"

#include "common/memory.h"
#include "probes/kvm.h"

#include <stddef.h>
#include <stdlib.h>

#define CELLS_LEAST 1024u
#define CELLS_MOST  (1u << 21)

struct cell {
    struct trace_cell key;
    struct trace_sums_of sums; /* a count of 0: it is free */
};

struct trace_cells {
    struct cell *cell;
    size_t room, used;
    uint64_t lost;
};

struct trace_cells *trace_cells_new(void)
{
    struct trace_cells *c = memory_zeroed(1, sizeof(*c));
    c->room = CELLS_LEAST;
    c->cell = memory_zeroed(c->room, sizeof(*c->cell));
    return c;
}

void trace_cells_free(struct trace_cells *c)
{
    if (!c)
        return;
    free(c->cell);
    free(c);
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static bool same(const struct trace_cell *a, const struct trace_cell *b)
{
    return a->domain == b->domain && a->vcpu == b->vcpu && a->what == b->what && a->code == b->code &&
           a->part == b->part;
}

static struct cell *find(const struct trace_cells *c, const struct trace_cell *key)
{
    uint64_t hash =
        mix(mix(key->part) + mix((uint64_t)key->domain << 48 | (uint64_t)key->vcpu << 32 | key->code) + key->what);
    size_t at = hash & (c->room - 1);
    while (c->cell[at].sums.count && !same(&c->cell[at].key, key))
        at = (at + 1) & (c->room - 1);
    return &c->cell[at];
}

static void grow(struct trace_cells *c)
{
    struct trace_cells more = {.room = 2 * c->room};
    more.cell = memory_zeroed(more.room, sizeof(*more.cell));
    for (size_t i = 0; i < c->room; i++)
        if (c->cell[i].sums.count)
            *find(&more, &c->cell[i].key) = c->cell[i];
    free(c->cell);
    c->cell = more.cell;
    c->room = more.room;
}

void trace_cells_add(struct trace_cells *c, const struct trace_cell *key, uint64_t cost)
{
    if (2 * c->used >= c->room && c->room < CELLS_MOST)
        grow(c);
    struct cell *cell = find(c, key);
    struct trace_sums_of *s = &cell->sums;
    if (!s->count && 2 * c->used >= c->room) {
        c->lost++;
        return;
    }
    c->used += !s->count;
    cell->key = *key;
    s->min = s->count && s->min < cost ? s->min : cost;
    s->max = s->max > cost ? s->max : cost;
    s->sum += cost;
    s->count++;
}

void trace_cells_each(const struct trace_cells *c,
                      void (*take)(void *with, const struct trace_cell *key, const struct trace_sums_of *sums),
                      void *with)
{
    for (size_t i = 0; i < c->room; i++)
        if (c->cell[i].sums.count)
            take(with, &c->cell[i].key, &c->cell[i].sums);
}

uint64_t trace_cells_lost(const struct trace_cells *c)
{
    return c->lost;
}

uint32_t trace_part_of(uint64_t cost)
{
    return kvm_fine_part(cost, cost ? 63u - (uint32_t)__builtin_clzll(cost) : 0);
}
