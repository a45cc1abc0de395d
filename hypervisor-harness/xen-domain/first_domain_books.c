/* first_domain_books.c: keeps what both sources say, and brings it together at the end; first_domain_books.h has the
 * rules. */
#include "hypervisor-harness/xen-domain/first_domain_books.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include <pvbench/entries.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MOST  (1u << 22) /* 200 MiB: a busy first domain must not lose its memory to this */
#define PROCESS_MOST (1u << 22) /* Linux' PID_MAX_LIMIT */
#define CPUS         4096
#define HANDLERS     64
#define REASON       256

/* An error above this would move events into other regions: between a mark and the first domain's
 * first event lies a switch of domains. */
#define CLOCK_ERROR_NS 20000u

struct interval {
    uint64_t from, to;
    unsigned region;
};

struct intervals {
    struct interval *item;
    size_t count, room;
};

struct reading {
    uint64_t tsc, ns;
};

struct noted {
    uint64_t upcalls, mappings, unreadable;
    uint64_t grants[3]; /* mapped, unmapped, copied */
    uint64_t time[XEN_PARTIES], call[XEN_PARTIES][XEN_HOST_CALLS];
    struct {
        char name[XEN_EVENT_NAME + 1];
        uint64_t count;
    } handler[HANDLERS];
    size_t handlers;
};

/* Who is on a processor of the first domain, and since when. */
struct holder {
    bool known;
    enum xen_party party;
    uint64_t since;
};

struct xen_host {
    struct noted region[XEN_TRACE_REGIONS];
    struct intervals spans, runs;
    struct reading *reading;
    size_t readings, readings_room;
    struct xen_event *event;
    size_t events, events_room;
    uint8_t *party_of; /* by number of the process: its party and 1; 0: nobody has said */
    size_t processes;
    struct holder on[CPUS];
    uint64_t error, stray; /* ticks; events at times when the first domain did not run */
    uint32_t khz;
    unsigned domain;
    bool whole;
    char none[REASON], no_upcalls[REASON], no_grants[REASON];
};

struct xen_host *xen_host_new(void)
{
    return calloc(1, sizeof(struct xen_host));
}

void xen_host_free(struct xen_host *h)
{
    if (!h)
        return;
    free(h->spans.item);
    free(h->runs.item);
    free(h->reading);
    free(h->event);
    free(h->party_of);
    free(h);
}

void xen_host_none(struct xen_host *h, const char *reason)
{
    if (!h->none[0])
        snprintf(h->none, sizeof(h->none), "%s", reason);
}

void xen_host_no_upcalls(struct xen_host *h, const char *reason)
{
    if (!h->no_upcalls[0])
        snprintf(h->no_upcalls, sizeof(h->no_upcalls), "%s", reason);
}

void xen_host_no_grants(struct xen_host *h, const char *reason)
{
    if (!h->no_grants[0])
        snprintf(h->no_grants, sizeof(h->no_grants), "%s", reason);
}

/* A place more in a list; NULL when there is no memory, which is then the reason. */
static void *grow(struct xen_host *h, void *list, size_t *room, size_t count, size_t each, size_t most)
{
    if (count < *room)
        return list;
    size_t wanted = *room ? 2 * *room : 1024;
    void *more = count < most ? realloc(list, wanted * each) : NULL;
    if (more)
        *room = wanted;
    else
        xen_host_none(h, count < most ? "out of memory for the probes' events" : "the probes noted too many events");
    return more;
}

static void add_interval(struct xen_host *h, struct intervals *list, const struct interval *one)
{
    struct interval *more = grow(h, list->item, &list->room, list->count, sizeof(*more), EVENTS_MOST);
    if (!more)
        return;
    list->item = more;
    list->item[list->count++] = *one;
}

void xen_host_span(struct xen_host *h, unsigned region, uint64_t from, uint64_t to)
{
    const struct interval one = {from, to, region};
    add_interval(h, &h->spans, &one);
}

void xen_host_ran(struct xen_host *h, unsigned region, uint64_t from, uint64_t to)
{
    const struct interval one = {from, to, region};
    add_interval(h, &h->runs, &one);
}

void xen_host_about(struct xen_host *h, unsigned domain, uint32_t tsc_khz)
{
    h->domain = domain;
    h->khz = tsc_khz;
}

void xen_host_process(struct xen_host *h, uint32_t process, enum xen_party party)
{
    if (process >= PROCESS_MOST)
        return;
    if (process >= h->processes) {
        size_t wanted = process + 1024u;
        uint8_t *more = realloc(h->party_of, wanted);
        if (!more) {
            xen_host_none(h, "out of memory for the probes' events");
            return;
        }
        memset(more + h->processes, 0, wanted - h->processes);
        h->party_of = more;
        h->processes = wanted;
    }
    h->party_of[process] = (uint8_t)(party + 1);
}

void xen_host_event(struct xen_host *h, const struct xen_event *e)
{
    struct xen_event *more = grow(h, h->event, &h->events_room, h->events, sizeof(*more), EVENTS_MOST);
    if (!more)
        return;
    h->event = more;
    /* Several processors fill one buffer, and an interrupt comes between an event's place and its time. */
    size_t at = h->events++;
    for (; at && h->event[at - 1].time > e->time; at--)
        h->event[at] = h->event[at - 1];
    h->event[at] = *e;
}

/* --- the clocks ------------------------------------------------------------------ */

/* On the line through two readings, also outside of them. */
static uint64_t on_line(const struct reading *a, const struct reading *b, uint64_t ns)
{
    __int128 ticks = (__int128)(b->tsc - a->tsc) * ((__int128)ns - a->ns) / (__int128)(b->ns - a->ns);
    return a->tsc + (uint64_t)ticks;
}

void xen_host_clock(struct xen_host *h, uint64_t tsc, uint64_t ns, uint64_t window)
{
    size_t n = h->readings;
    if (n && (ns <= h->reading[n - 1].ns || tsc <= h->reading[n - 1].tsc))
        return;
    struct reading *more = grow(h, h->reading, &h->readings_room, n, sizeof(*more), EVENTS_MOST);
    if (!more)
        return;
    h->reading = more;
    h->reading[h->readings++] = (struct reading){tsc, ns};
    h->error = window > h->error ? window : h->error;
}

/* How far a reading lies from the line between its neighbours says what the line is worth. */
static void judge_clocks(struct xen_host *h)
{
    uint64_t worst = 0;
    if (h->readings < 2) {
        xen_host_none(h, "the first domain's clock could not be compared with Xen's");
        return;
    }
    for (size_t i = 1; i + 1 < h->readings; i++) {
        uint64_t line = on_line(&h->reading[i - 1], &h->reading[i + 1], h->reading[i].ns);
        uint64_t off = line > h->reading[i].tsc ? line - h->reading[i].tsc : h->reading[i].tsc - line;
        worst = off > worst ? off : worst;
    }
    h->error += worst;
    if (h->error > (uint64_t)h->khz * CLOCK_ERROR_NS / 1000000u) {
        char why[REASON];
        snprintf(why, sizeof(why), "the first domain's clock and Xen's are %" PRIu64 " ticks apart", h->error);
        xen_host_none(h, why);
    }
}

/* `at`: the reading before the last moment that was asked for; moments ascend. */
static uint64_t ticks_of(const struct xen_host *h, uint64_t ns, size_t *at)
{
    while (*at + 2 < h->readings && h->reading[*at + 1].ns <= ns)
        ++*at;
    return on_line(&h->reading[*at], &h->reading[*at + 1], ns);
}

/* --- who is who ------------------------------------------------------------------- */

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* netback's threads are called vifD.N-…, blkback's D.device-N. */
static bool serves(const char *name, unsigned domain)
{
    char net[24], block[24];
    snprintf(net, sizeof(net), "vif%u.", domain);
    snprintf(block, sizeof(block), "%u.", domain);
    return begins(name, net) || begins(name, block);
}

static enum xen_party party_of(const struct xen_host *h, uint32_t process)
{
    if (process == 0)
        return XEN_PARTY_IDLE;
    if (process < h->processes && h->party_of[process])
        return (enum xen_party)(h->party_of[process] - 1);
    return XEN_PARTY_OTHERS;
}

/*
 * From whoever goes onto a processor: other events have a handler's name, beside the process that it interrupted.
 * What was said by number counts; a process may change its name.
 */
static void learn(struct xen_host *h, const struct xen_event *e)
{
    char name[XEN_EVENT_NAME + 1];
    snprintf(name, sizeof(name), "%.*s", XEN_EVENT_NAME, e->name);
    if (e->process == 0 || party_of(h, e->process) != XEN_PARTY_OTHERS)
        return;
    if (e->key && serves(name, h->domain))
        xen_host_process(h, e->process, XEN_PARTY_KERNEL);
    else if (!e->key && (strcmp(name, "xenstored") == 0 || strcmp(name, "oxenstored") == 0))
        xen_host_process(h, e->process, XEN_PARTY_XENSTORED);
    else if (!e->key && strcmp(name, "xenconsoled") == 0)
        xen_host_process(h, e->process, XEN_PARTY_XENCONSOLED);
    /* The second: of libxl's, for whom it saves and restores. */
    else if (!e->key && (begins(name, "pvbench") || begins(name, "libxl-save")))
        xen_host_process(h, e->process, XEN_PARTY_PVBENCH);
}

/* A kernel may have a function of the name that does not get the upcalls. */
static void judge_upcalls(struct xen_host *h)
{
    bool called = false, handled = false;
    for (size_t i = 0; i < h->events; i++) {
        called = called || h->event[i].kind == XEN_EVENT_UPCALL;
        handled = handled || h->event[i].kind == XEN_EVENT_HANDLER;
    }
    if (handled && !called)
        xen_host_no_upcalls(h, "events were handled, and the probe on upcalls saw none of the calls");
}

/* --- into the regions ---------------------------------------------------------------- */

/* The first interval that ends after this moment. */
static size_t first_after(const struct intervals *list, uint64_t tsc)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->item[middle].to <= tsc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct noted *region_at(struct xen_host *h, uint64_t tsc)
{
    size_t at = first_after(&h->spans, tsc);
    if (at == h->spans.count || h->spans.item[at].from > tsc || h->spans.item[at].region >= XEN_TRACE_REGIONS)
        return NULL;
    /* Where Xen says when the first domain ran, its events can lie nowhere else. */
    if (h->whole) {
        size_t run = first_after(&h->runs, tsc > h->error ? tsc - h->error : 0);
        h->stray += run == h->runs.count || h->runs.item[run].from > tsc + h->error;
    }
    return &h->region[h->spans.item[at].region];
}

static void add_time(struct xen_host *h, enum xen_party party, uint64_t from, uint64_t to)
{
    const struct intervals *list = h->whole ? &h->runs : &h->spans;
    for (size_t i = first_after(list, from); i < list->count && list->item[i].from < to; i++) {
        const struct interval *at = &list->item[i];
        uint64_t begin = from > at->from ? from : at->from, end = to < at->to ? to : at->to;
        if (at->region < XEN_TRACE_REGIONS)
            h->region[at->region].time[party] += end - begin;
    }
}

static void add_handler(struct noted *n, const struct xen_event *e)
{
    char name[XEN_EVENT_NAME + 1];
    size_t i = 0;
    snprintf(name, sizeof(name), "%.*s", XEN_EVENT_NAME, e->name);
    for (char *c = name; *c; c++)
        if (*c <= ' ' || *c > '~')
            *c = '_';
    if (!name[0])
        strcpy(name, "?");
    while (i < n->handlers && strcmp(n->handler[i].name, name) != 0)
        i++;
    /* The last place is for all who find none. */
    if (i >= HANDLERS - 1) {
        i = HANDLERS - 1;
        strcpy(name, "rest");
    }
    if (i >= n->handlers) {
        strcpy(n->handler[i].name, name);
        n->handlers = i + 1;
    }
    n->handler[i].count++;
}

static void take_switch(struct xen_host *h, const struct xen_event *e, uint64_t tsc)
{
    struct holder *on = e->cpu < CPUS ? &h->on[e->cpu] : NULL;
    if (!on)
        return;
    if (on->known)
        add_time(h, on->party, on->since, tsc);
    *on = (struct holder){true, party_of(h, e->process), tsc};
}

static void take_event(struct xen_host *h, const struct xen_event *e, uint64_t tsc)
{
    if (e->kind == XEN_EVENT_SWITCH) {
        take_switch(h, e, tsc);
        return;
    }
    struct noted *n = region_at(h, tsc);
    if (!n)
        return;
    if (e->kind == XEN_EVENT_HYPERCALL && e->key < XEN_HOST_CALLS)
        n->call[party_of(h, e->process)][e->key]++;
    else if (e->kind == XEN_EVENT_HYPERCALL)
        n->unreadable++;
    else if (e->kind == XEN_EVENT_MAPPING)
        n->mappings++;
    else if (e->kind == XEN_EVENT_UPCALL)
        n->upcalls++;
    else if (e->kind == XEN_EVENT_HANDLER)
        add_handler(n, e);
    else if (e->kind >= XEN_EVENT_MAP && e->kind <= XEN_EVENT_COPY)
        n->grants[e->kind - XEN_EVENT_MAP] += e->key;
}

void xen_host_settle(struct xen_host *h, bool whole)
{
    size_t at = 0;
    h->whole = whole;
    judge_clocks(h);
    if (h->none[0])
        return;
    judge_upcalls(h);
    for (size_t i = 0; i < h->events; i++)
        if (h->event[i].kind == XEN_EVENT_SWITCH)
            learn(h, &h->event[i]);
    for (size_t i = 0; i < h->events; i++)
        take_event(h, &h->event[i], ticks_of(h, h->event[i].time, &at));
    /* Whoever was on a processor last stays there. */
    for (size_t cpu = 0; cpu < CPUS; cpu++)
        if (h->on[cpu].known)
            add_time(h, h->on[cpu].party, h->on[cpu].since, UINT64_MAX);
    if (h->stray) {
        char why[REASON];
        snprintf(why, sizeof(why),
                 "%" PRIu64 " of the probes' events are of times when Xen let the first domain not run", h->stray);
        xen_host_none(h, why);
    }
}

/* --- what is said ---------------------------------------------------------------------- */

static bool only_programs(unsigned op)
{
    return op == PVB_HC_domctl || op == PVB_HC_sysctl || op == PVB_HC_dm_op;
}

static void print_kernel(const struct noted *n, unsigned region, const uint64_t *call, FILE *out)
{
    uint64_t asked[XEN_HOST_CALLS] = {0};
    for (unsigned op = 0; op < XEN_HOST_CALLS; op++) {
        for (unsigned party = 0; party < XEN_PARTIES; party++)
            asked[op] += n->call[party][op];
        if (asked[op] > call[op] || (only_programs(op) && asked[op] != call[op])) {
            fprintf(out,
                    "M probes id=%u unknown=kernel reason=Xen's trace has %" PRIu64
                    " hypercalls of number %u, the probe of privcmd %" PRIu64 "\n",
                    region, call[op], op, asked[op]);
            return;
        }
    }
    fprintf(out, "M probes id=%u kernel", region);
    for (unsigned op = 0; op < XEN_HOST_CALLS; op++)
        if (call[op] > asked[op])
            fprintf(out, " %x:%" PRIu64, op, call[op] - asked[op]);
    fputc('\n', out);
}

static void print_calls(const struct noted *n, unsigned region, const uint64_t *call, FILE *out)
{
    static const char reason[] = "of a program's hypercall the number could not be read";
    if (n->unreadable) {
        fprintf(out, "M probes id=%u unknown=privcmd reason=%s\n", region, reason);
        fprintf(out, "M probes id=%u unknown=kernel reason=%s\n", region, reason);
        return;
    }
    for (unsigned party = 0; party < XEN_PARTIES; party++) {
        bool any = false;
        for (unsigned op = 0; op < XEN_HOST_CALLS; op++) {
            if (!n->call[party][op])
                continue;
            if (!any)
                fprintf(out, "M probes id=%u by=%s", region, xen_party_name((enum xen_party)party));
            any = true;
            fprintf(out, " %x:%" PRIu64, op, n->call[party][op]);
        }
        if (any)
            fputc('\n', out);
    }
    if (call)
        print_kernel(n, region, call, out);
    else
        fprintf(
            out,
            "M probes id=%u unknown=kernel reason=Xen's first domain runs on processors, too, that are not traced\n",
            region);
}

void xen_host_print(const struct xen_host *h, FILE *out)
{
    if (h->none[0])
        fprintf(out, "M probes none reason=%s\n", h->none);
    else
        fprintf(out, "M note the first domain's clock and Xen's agree within %" PRIu64 " ticks, %zu events\n", h->error,
                h->events);
}

void xen_host_print_region(const struct xen_host *h, unsigned region, const uint64_t *call, FILE *out)
{
    const struct noted *n = &h->region[region];
    if (h->none[0])
        return;
    fprintf(out, "M probes id=%u mappings=%" PRIu64 " time", region, n->mappings);
    for (unsigned party = 0; party < XEN_PARTIES; party++)
        /* On a processor that is not traced, whether it had nothing to do is all that is known. */
        if (h->whole || party != XEN_PARTY_IDLE)
            fprintf(out, " %s=%" PRIu64, xen_party_name((enum xen_party)party), n->time[party]);
    fputc('\n', out);
    if (h->no_upcalls[0])
        fprintf(out, "M probes id=%u unknown=upcalls reason=%s\n", region, h->no_upcalls);
    else
        fprintf(out, "M probes id=%u upcalls=%" PRIu64 "\n", region, n->upcalls);
    if (h->no_grants[0])
        fprintf(out, "M probes id=%u unknown=grants reason=%s\n", region, h->no_grants);
    else
        fprintf(out, "M probes id=%u grants map=%" PRIu64 " unmap=%" PRIu64 " copy=%" PRIu64 "\n", region, n->grants[0],
                n->grants[1], n->grants[2]);
    for (size_t i = 0; i < n->handlers; i++)
        fprintf(out, "M probes id=%u handled=%" PRIu64 " name=%s\n", region, n->handler[i].count, n->handler[i].name);
    print_calls(n, region, call, out);
}
