/* profile_code.c: see profile_code.h. */
#include "runner/machine/profile_code.h"
#include "common/memory.h"

#include <inttypes.h>
#include <stdlib.h>

void profile_code_add(struct profile_code *c, uint32_t function, uint64_t start, uint64_t address, uint64_t count)
{
    if (c->count == c->room) {
        c->room = c->room * 2 + 1024;
        c->at = memory_grown(c->at, c->room * sizeof(*c->at));
    }
    c->at[c->count++] = (struct code_count){function, start, address, count};
}

static int by_place(const void *a, const void *b)
{
    const struct code_count *x = a, *y = b;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->address < y->address ? -1 : x->address > y->address;
}

/* What was executed below several nodes is told once. */
static void merge(struct profile_code *c)
{
    size_t kept = 0;
    if (c->count)
        qsort(c->at, c->count, sizeof(*c->at), by_place);
    for (size_t i = 0; i < c->count; i++)
        if (kept && by_place(&c->at[kept - 1], &c->at[i]) == 0)
            c->at[kept - 1].count += c->at[i].count;
        else
            c->at[kept++] = c->at[i];
    c->count = kept;
}

json_t *profile_code_json(struct profile_code *c)
{
    json_t *list = json_array(), *of = NULL;
    merge(c);
    for (size_t i = 0; i < c->count; i++) {
        const struct code_count *at = &c->at[i], *before = i ? at - 1 : NULL;
        const bool goes_on = before && before->function == at->function && before->start == at->start;
        if (!goes_on) {
            of = json_pack("[I, o]", (json_int_t)at->function, json_sprintf("%" PRIx64, at->start));
            json_array_append_new(list, of);
        }
        json_array_append_new(of, json_integer((json_int_t)(at->address - (goes_on ? before->address : at->start))));
        json_array_append_new(of, json_integer((json_int_t)at->count));
    }
    return list;
}

void profile_code_clear(struct profile_code *c)
{
    c->count = 0;
}

void profile_code_free(struct profile_code *c)
{
    free(c->at);
    *c = (struct profile_code){0};
}
