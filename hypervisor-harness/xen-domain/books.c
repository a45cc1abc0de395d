/*
 * books.c: what the decoder of Xen's trace finds goes to the region that is open, into the books that all share
 * (collectors/books.h); beside them stands what Xen and its first domain did in the meantime.
 */
#include "hypervisor-harness/xen-domain/books.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include "collectors/entry_names.h"
#include "collectors/hypervisor_log_write.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

/* Of a region, without being an entry of the guest's. */
struct side {
    uint64_t since; /* when the span that is open began */
    uint64_t ticks, ran, call[XEN_HOST_CALLS];
    uint64_t own, turns; /* of a domain beside the one that is measured: how long it ran, and how often */
};

struct xen_books {
    struct books books;
    struct region outside, aside; /* counts alone */
    struct side side[XEN_TRACE_REGIONS];
    struct xen_host *host;
    const char *doubt;
    struct xen_books
        *beside; /* of the next domain beside this one; they started in this order, the measured one last */
};

struct xen_books *xen_books_new(void)
{
    struct xen_books *b = calloc(1, sizeof(struct xen_books));
    if (b)
        b->books.regions = XEN_TRACE_REGIONS;
    return b;
}

void xen_books_free(struct xen_books *b)
{
    if (!b)
        return;
    books_free(&b->books);
    free(b->outside.kind);
    free(b->aside.kind);
    free(b);
}

void xen_books_host(struct xen_books *b, struct xen_host *host)
{
    b->host = host;
}

void xen_books_doubt_all(struct xen_books *b, const char *reason)
{
    if (!b->doubt)
        b->doubt = reason;
}

const char *xen_books_doubt(const struct xen_books *b)
{
    return b->doubt;
}

/* The guest marks no region inside of another: a mark between the two is missing, and with it whatever came there. */
static void doubt_marks(struct xen_books *b)
{
    xen_books_doubt_all(b, "a mark is missing from Xen's trace");
}

void xen_books_beside(struct xen_books *b, struct xen_books *other)
{
    b->beside = other;
}

static void open_one(struct xen_books *b, unsigned region, uint64_t tsc)
{
    const struct region *before = b->books.open;
    struct region *r = books_open(&b->books, (struct book_key){.region = region});
    if (!r)
        return;
    if (before)
        doubt_marks(b);
    r->seen = true;
    b->side[region].since = tsc;
}

void xen_books_open(struct xen_books *b, unsigned region, uint64_t tsc)
{
    for (; b; b = b->beside)
        open_one(b, region, tsc);
}

static void close_one(struct xen_books *b, unsigned region, uint64_t tsc)
{
    struct region *r = books_at(&b->books, (struct book_key){.region = region});
    if (!r)
        return;
    if (r != b->books.open) {
        doubt_marks(b);
        return;
    }
    r->spans++;
    r->ticks += tsc - b->side[region].since;
    if (b->host)
        xen_host_span(b->host, region, b->side[region].since, tsc);
    books_close(&b->books);
}

void xen_books_close(struct xen_books *b, unsigned region, uint64_t tsc)
{
    for (; b; b = b->beside)
        close_one(b, region, tsc);
}

static void doubt_memory(struct xen_books *b)
{
    xen_books_doubt_all(b, "out of memory for the books");
}

/* Of the region that is open. NULL: none is, or there is no memory. */
static struct entry_kind *kind_of(struct xen_books *b, enum pvb_class class, uint32_t code)
{
    if (!b->books.open)
        return NULL;
    struct entry_kind *k = region_kind(b->books.open, class, code);
    if (!k)
        doubt_memory(b);
    return k;
}

static void count_in(struct xen_books *b, struct region *r, enum pvb_class class, uint32_t code)
{
    struct entry_kind *k = region_kind(r, class, code);
    if (k)
        k->count++;
    else
        doubt_memory(b);
}

void xen_books_count(struct xen_books *b, enum pvb_class class, uint32_t code)
{
    count_in(b, b->books.open ? b->books.open : &b->outside, class, code);
}

void xen_books_aside(struct xen_books *b, enum pvb_class class, uint32_t code)
{
    count_in(b, &b->aside, class, code);
}

static uint64_t count_of(const struct region *r, enum pvb_class class, uint32_t code)
{
    const struct entry_kind *k = region_find(r, class, code);
    return k ? k->count : 0;
}

uint64_t xen_books_all(const struct xen_books *b, enum pvb_class class, uint32_t code)
{
    uint64_t all = count_of(&b->outside, class, code) + count_of(&b->aside, class, code);
    for (unsigned i = 0; i < b->books.regions; i++)
        all += count_of(&b->books.region[i], class, code);
    return all;
}

static uint64_t class_of(const struct region *r, enum pvb_class class)
{
    uint64_t all = 0;
    for (size_t i = 0; i < r->kinds; i++)
        all += r->kind[i].class == class ? r->kind[i].count : 0;
    return all;
}

uint64_t xen_books_class(const struct xen_books *b, enum pvb_class class)
{
    uint64_t all = class_of(&b->outside, class) + class_of(&b->aside, class);
    for (unsigned i = 0; i < b->books.regions; i++)
        all += class_of(&b->books.region[i], class);
    return all;
}

void xen_books_count_other(struct xen_books *b, enum pvb_class class, uint32_t code)
{
    if (b->books.open && !region_add_other(b->books.open, class, code, 1))
        doubt_memory(b);
}

void xen_books_cost(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t ticks)
{
    struct entry_kind *k = kind_of(b, class, code);
    if (k && !kind_cost(k, ticks))
        doubt_memory(b);
}

void xen_books_detail(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t key)
{
    struct entry_kind *k = kind_of(b, class, code);
    if (k && !counts_add(&k->detail, &k->details, key, 1))
        doubt_memory(b);
}

/* NULL when no region is open. */
static struct side *open_side(struct xen_books *b)
{
    return b->books.open ? &b->side[b->books.open_key.region] : NULL;
}

void xen_books_tick(struct xen_books *b)
{
    struct side *s = open_side(b);
    if (s)
        s->ticks++;
}

void xen_books_ran(struct xen_books *b, uint64_t from, uint64_t to)
{
    struct side *s = open_side(b);
    if (!s)
        return;
    s->own += to - (from < s->since ? s->since : from);
    s->turns++;
}

void xen_books_host_call(struct xen_books *b, uint32_t op)
{
    struct side *s = open_side(b);
    if (s && op < XEN_HOST_CALLS)
        s->call[op]++;
}

/* The guest opens and closes a region, so the other runs wholly inside or outside of it. */
void xen_books_host_ran(struct xen_books *b, uint64_t from, uint64_t to)
{
    struct side *s = open_side(b);
    if (!s)
        return;
    s->ran += to - from;
    if (b->host)
        xen_host_ran(b->host, b->books.open_key.region, from, to);
}

static void print_side(const struct side *s, unsigned region, const char *isa, bool host_calls, FILE *out)
{
    fprintf(out, "M host id=%u isa=%s ticks=%" PRIu64, region, isa, s->ticks);
    if (host_calls)
        fprintf(out, " ran=%" PRIu64 " calls", s->ran);
    for (unsigned i = 0; i < XEN_HOST_CALLS && host_calls; i++)
        if (s->call[i])
            fprintf(out, " %x:%" PRIu64, i, s->call[i]);
    fputc('\n', out);
}

static void settle(struct xen_books *b)
{
    for (unsigned i = 0; i < b->books.regions; i++) {
        struct region *r = &b->books.region[i];
        r->torn = r == b->books.open;
        for (size_t j = 0; j < r->kinds; j++)
            if (!kind_settle(&r->kind[j]))
                xen_books_doubt_all(b, "the costs are more than can be counted, or find no memory");
    }
}

static void print_share(const struct xen_books *b, unsigned region, unsigned order, FILE *out)
{
    const struct region *r = &b->books.region[region];
    fprintf(out, "M share id=%u order=%u ran=%" PRIu64 " turns=%" PRIu64, region, order, b->side[region].own,
            b->side[region].turns);
    for (size_t i = 0; i < r->kinds; i++)
        if (r->kind[i].count)
            fprintf(out, " %s:%" PRIu64 ":%" PRIu64, class_name(r->kind[i].class), r->kind[i].code, r->kind[i].count);
    fputc('\n', out);
}

/* Where there are several domains: of each, the measured one last, as they started. */
static void print_shares(const struct xen_books *b, unsigned region, FILE *out)
{
    unsigned order = 0;
    for (const struct xen_books *other = b->beside; other; other = other->beside)
        print_share(other, region, ++order, out);
    if (order)
        print_share(b, region, order + 1, out);
}

static void print_region(const struct xen_books *b, unsigned region, const char *isa, bool host_calls, FILE *out)
{
    const struct region *r = &b->books.region[region];
    const struct side *s = &b->side[region];
    log_write_region(r, region, out);
    print_side(s, region, isa, host_calls, out);
    if (b->host)
        xen_host_print_region(b->host, region, host_calls ? s->call : NULL, out);
    if (b->doubt)
        fprintf(out, "M doubt id=%u reason=%s\n", region, b->doubt);
    else
        log_write_kinds(r, region, out);
    if (!b->doubt)
        print_shares(b, region, out);
    log_write_regionend(region, out);
}

void xen_books_print(struct xen_books *b, const char *isa, bool host_calls, FILE *out)
{
    settle(b);
    if (b->host) {
        xen_host_settle(b->host, host_calls);
        xen_host_print(b->host, out);
    }
    for (unsigned i = 0; i < b->books.regions; i++)
        if (b->books.region[i].seen)
            print_region(b, i, isa, host_calls, out);
}
