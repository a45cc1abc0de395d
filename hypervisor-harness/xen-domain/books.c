/* books.c: kinds by region, each with all its costs; sorted and printed at the end. */
#include "hypervisor-harness/xen-domain/books.h"
#include "collectors/entry_names.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include <pvbench/log.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct detail {
    uint64_t key, count;
};

struct kind {
    enum pvb_class class;
    uint32_t code;
    uint64_t count;
    uint64_t *cost; /* one an entry, or none at all */
    size_t costs, costs_room;
    struct detail *detail;
    size_t details;
};

struct book {
    bool seen;
    uint64_t spans, ticks, since, host_ticks;
    uint64_t host_ran, host_call[XEN_HOST_CALLS];
    struct kind *kind;
    size_t kinds;
};

struct xen_books {
    struct book book[XEN_TRACE_REGIONS];
    struct book *open;
    struct xen_host *host;
    const char *doubt;
};

struct xen_books *xen_books_new(void)
{
    return calloc(1, sizeof(struct xen_books));
}

void xen_books_free(struct xen_books *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < XEN_TRACE_REGIONS; i++) {
        for (size_t j = 0; j < b->book[i].kinds; j++) {
            free(b->book[i].kind[j].cost);
            free(b->book[i].kind[j].detail);
        }
        free(b->book[i].kind);
    }
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

void xen_books_open(struct xen_books *b, unsigned region, uint64_t tsc)
{
    if (region >= XEN_TRACE_REGIONS)
        return;
    if (b->open)
        doubt_marks(b);
    b->open = &b->book[region];
    b->open->seen = true;
    b->open->since = tsc;
}

void xen_books_close(struct xen_books *b, unsigned region, uint64_t tsc)
{
    if (region >= XEN_TRACE_REGIONS)
        return;
    if (b->open != &b->book[region]) {
        doubt_marks(b);
        return;
    }
    b->open->spans++;
    b->open->ticks += tsc - b->open->since;
    if (b->host)
        xen_host_span(b->host, region, b->open->since, tsc);
    b->open = NULL;
}

static struct kind *kind_of(struct xen_books *b, enum pvb_class class, uint32_t code)
{
    struct book *book = b->open;
    if (!book)
        return NULL;
    for (size_t i = 0; i < book->kinds; i++)
        if (book->kind[i].class == class && book->kind[i].code == code)
            return &book->kind[i];
    struct kind *more = realloc(book->kind, (book->kinds + 1) * sizeof(*more));
    if (!more) {
        xen_books_doubt_all(b, "out of memory for the books");
        return NULL;
    }
    book->kind = more;
    more[book->kinds] = (struct kind){.class = class, .code = code};
    return &more[book->kinds++];
}

void xen_books_count(struct xen_books *b, enum pvb_class class, uint32_t code)
{
    struct kind *k = kind_of(b, class, code);
    if (k)
        k->count++;
}

void xen_books_cost(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t ticks)
{
    struct kind *k = kind_of(b, class, code);
    if (!k)
        return;
    if (k->costs == k->costs_room) {
        size_t room = k->costs_room ? 2 * k->costs_room : 1024;
        uint64_t *more = realloc(k->cost, room * sizeof(*more));
        if (!more) {
            xen_books_doubt_all(b, "out of memory for the books");
            return;
        }
        k->cost = more;
        k->costs_room = room;
    }
    k->cost[k->costs++] = ticks;
}

void xen_books_detail(struct xen_books *b, enum pvb_class class, uint32_t code, uint64_t key)
{
    struct kind *k = kind_of(b, class, code);
    if (!k)
        return;
    for (size_t i = 0; i < k->details; i++)
        if (k->detail[i].key == key) {
            k->detail[i].count++;
            return;
        }
    struct detail *more = realloc(k->detail, (k->details + 1) * sizeof(*more));
    if (!more) {
        xen_books_doubt_all(b, "out of memory for the books");
        return;
    }
    k->detail = more;
    more[k->details++] = (struct detail){key, 1};
}

void xen_books_tick(struct xen_books *b)
{
    if (b->open)
        b->open->host_ticks++;
}

void xen_books_host_call(struct xen_books *b, uint32_t op)
{
    if (b->open && op < XEN_HOST_CALLS)
        b->open->host_call[op]++;
}

/* The guest opens and closes a region, so the other runs wholly inside or outside of it. */
void xen_books_host_ran(struct xen_books *b, uint64_t from, uint64_t to)
{
    if (!b->open)
        return;
    b->open->host_ran += to - from;
    if (b->host)
        xen_host_ran(b->host, (unsigned)(b->open - b->book), from, to);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Lines are bounded, so a long list is several lines of the same head. */
static void print_costs(const struct kind *k, const char *head, FILE *out)
{
    size_t line = 0;
    for (size_t i = 0, next; i < k->costs; i = next) {
        char item[48];
        for (next = i; next < k->costs && k->cost[next] == k->cost[i]; next++)
            continue;
        int n = snprintf(item, sizeof(item), next - i > 1 ? " %" PRIu64 "*%zu" : " %" PRIu64, k->cost[i], next - i);
        if (line && line + (size_t)n >= PVB_LINE_MAX) {
            fputc('\n', out);
            line = 0;
        }
        if (!line)
            line = (size_t)fprintf(out, "M dist %s rest=0", head);
        line += (size_t)fprintf(out, "%s", item);
    }
    fputc('\n', out);
}

static void print_kind(struct kind *k, size_t region, FILE *out)
{
    char head[96];
    uint64_t total = 0;
    snprintf(head, sizeof(head), "id=%zu class=%s code=%u", region, class_name(k->class), k->code);
    if (k->costs) {
        qsort(k->cost, k->costs, sizeof(*k->cost), by_value);
        for (size_t i = 0; i < k->costs; i++)
            total += k->cost[i];
        fprintf(out, "M entry %s count=%" PRIu64 " total=%" PRIu64 " min=%" PRIu64 " max=%" PRIu64 "\n", head, k->count,
                total, k->cost[0], k->cost[k->costs - 1]);
        print_costs(k, head, out);
    } else {
        fprintf(out, "M entry %s count=%" PRIu64 " costs=none\n", head, k->count);
    }
    if (!k->details)
        return;
    fprintf(out, "M detail %s rest=0", head);
    for (size_t i = 0; i < k->details; i++)
        fprintf(out, " %" PRIx64 ":%" PRIu64, k->detail[i].key, k->detail[i].count);
    fputc('\n', out);
}

static void print_host(const struct book *book, size_t region, const char *isa, bool host_calls, FILE *out)
{
    fprintf(out, "M host id=%zu isa=%s ticks=%" PRIu64, region, isa, book->host_ticks);
    if (host_calls)
        fprintf(out, " ran=%" PRIu64 " calls", book->host_ran);
    for (unsigned i = 0; i < XEN_HOST_CALLS && host_calls; i++)
        if (book->host_call[i])
            fprintf(out, " %x:%" PRIu64, i, book->host_call[i]);
    fputc('\n', out);
}

void xen_books_print(struct xen_books *b, const char *isa, bool host_calls, FILE *out)
{
    if (b->host) {
        xen_host_settle(b->host, host_calls);
        xen_host_print(b->host, out);
    }
    for (size_t i = 0; i < XEN_TRACE_REGIONS; i++) {
        struct book *book = &b->book[i];
        if (!book->seen)
            continue;
        fprintf(out, "M region id=%zu spans=%" PRIu64 " ticks=%" PRIu64 "%s\n", i, book->spans, book->ticks,
                b->open == book ? " open=1" : "");
        print_host(book, i, isa, host_calls, out);
        if (b->host)
            xen_host_print_region(b->host, (unsigned)i, host_calls ? book->host_call : NULL, out);
        if (b->doubt)
            fprintf(out, "M doubt id=%zu reason=%s\n", i, b->doubt);
        for (size_t j = 0; j < book->kinds && !b->doubt; j++)
            /* A detail may have come without an entry: a multicall's sub-call right behind a mark. */
            if (book->kind[j].count)
                print_kind(&book->kind[j], i, out);
        fprintf(out, "M regionend id=%zu\n", i);
    }
}
