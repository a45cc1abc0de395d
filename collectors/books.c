/* books.c: kinds by region, sums, distributions, details; books.h says for whom. */
#include "collectors/books.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- regions ------------------------------------------------------------------- */

struct region *books_at(struct books *b, struct book_key key)
{
    bool known = key.guest == 0 && key.vcpu == 0 && key.region < b->regions;
    return known ? &b->region[key.region] : NULL;
}

struct region *books_open(struct books *b, struct book_key key)
{
    struct region *r = books_at(b, key);
    if (r) {
        b->open = r;
        b->open_key = key;
    }
    return r;
}

void books_close(struct books *b)
{
    b->open = NULL;
}

static void kind_free(struct entry_kind *k)
{
    distribution_free(&k->costs);
    free(k->single);
    free(k->detail);
}

void books_free(struct books *b)
{
    for (unsigned i = 0; i < PVB_REGIONS_MAX; i++) {
        for (size_t j = 0; j < b->region[i].kinds; j++)
            kind_free(&b->region[i].kind[j]);
        free(b->region[i].kind);
        free(b->region[i].other);
    }
}

const char *region_trouble(const struct region *r)
{
    if (r->fault[0])
        return r->fault;
    if (!r->seen)
        return "the hypervisor did not report this region";
    if (r->torn)
        return "the guest ended inside of the region";
    if (!r->closed)
        return "the hypervisor's report of this region is not whole";
    return NULL;
}

void fault_keep(char fault[PVB_REASON_SIZE], const char *format, va_list args)
{
    if (!fault[0])
        vsnprintf(fault, PVB_REASON_SIZE, format, args);
}

void region_fault(struct region *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fault_keep(r->fault, format, args);
    va_end(args);
}

/* --- kinds --------------------------------------------------------------------- */

struct entry_kind *region_find(const struct region *r, enum pvb_class class, uint64_t code)
{
    for (size_t i = 0; i < r->kinds; i++)
        if (r->kind[i].class == class && r->kind[i].code == code)
            return &r->kind[i];
    return NULL;
}

struct entry_kind *region_kind(struct region *r, enum pvb_class class, uint64_t code)
{
    struct entry_kind *k = region_find(r, class, code);
    if (k)
        return k;
    struct entry_kind *more = realloc(r->kind, (r->kinds + 1) * sizeof(*more));
    if (!more)
        return NULL;
    r->kind = more;
    more[r->kinds] = (struct entry_kind){.class = class, .code = code};
    return &more[r->kinds++];
}

static struct entry_share *find_other(const struct region *r, enum pvb_class class, uint64_t code)
{
    for (size_t i = 0; i < r->others; i++)
        if (r->other[i].class == class && r->other[i].code == code)
            return &r->other[i];
    return NULL;
}

bool region_add_other(struct region *r, enum pvb_class class, uint64_t code, uint64_t count)
{
    struct entry_share *s = find_other(r, class, code);
    if (!s) {
        struct entry_share *more = realloc(r->other, (r->others + 1) * sizeof(*more));
        if (!more)
            return false;
        r->other = more;
        s = &more[r->others++];
        *s = (struct entry_share){.class = class, .code = code};
    }
    s->count += count;
    return true;
}

uint64_t region_others(const struct region *r, enum pvb_class class, uint64_t code)
{
    const struct entry_share *s = find_other(r, class, code);
    return s ? s->count : 0;
}

bool kind_add(struct entry_kind *k, uint64_t count, uint64_t total, uint64_t min, uint64_t max)
{
    const bool fits = k->total <= PVB_TICKS_MAX && total <= PVB_TICKS_MAX - k->total;
    k->min = !k->count || min < k->min ? min : k->min;
    k->max = max > k->max ? max : k->max;
    k->count += count;
    k->total = fits ? k->total + total : PVB_TICKS_MAX;
    return fits;
}

bool kind_cost(struct entry_kind *k, uint64_t cost)
{
    if (k->singles == k->singles_room) {
        size_t room = k->singles_room ? 2 * k->singles_room : 1024;
        uint64_t *more = realloc(k->single, room * sizeof(*more));
        if (!more)
            return false;
        k->single = more;
        k->singles_room = room;
    }
    k->single[k->singles++] = cost;
    return true;
}

bool kind_settle(struct entry_kind *k)
{
    if (!k->singles)
        return true;
    if (!distribution_of(&k->costs, k->single, k->singles))
        return false;
    free(k->single);
    k->single = NULL;
    k->singles = k->singles_room = 0;
    k->has_costs = true;
    k->total = k->costs.total;
    k->min = k->costs.item[0].value;
    k->max = k->costs.item[k->costs.items - 1].value;
    return true;
}

void path_add(struct entry_path *into, const struct entry_path *p)
{
    if (!p->count)
        return;
    into->min = into->count && into->min < p->min ? into->min : p->min;
    into->max = p->max > into->max ? p->max : into->max;
    into->count += p->count;
    into->total += p->total;
    for (unsigned i = 0; i < PVB_LOG2; i++)
        into->log2[i] += p->log2[i];
}

/* --- details -------------------------------------------------------------------- */

bool counts_add(struct entry_detail **list, size_t *n, uint64_t key, uint64_t count)
{
    size_t at = *n;
    while (at && (*list)[at - 1].key >= key)
        at--;
    if (at < *n && (*list)[at].key == key) {
        (*list)[at].count += count;
        return true;
    }
    struct entry_detail *more = realloc(*list, (*n + 1) * sizeof(*more));
    if (!more)
        return false;
    memmove(more + at + 1, more + at, (*n - at) * sizeof(*more));
    more[at] = (struct entry_detail){key, count};
    *list = more;
    ++*n;
    return true;
}

uint64_t counts_of(const struct entry_detail *list, size_t n, uint64_t key)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].key == key)
            return list[i].count;
    return 0;
}
