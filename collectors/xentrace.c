/*
 * xentrace.c: from windows of processors to records in order; xentrace.h says why.
 *
 * Whoever reads Xen's rings takes one processor's after the other, again and
 * again. All that happened before the end of one round has come with the end of the
 * next: what is not later than the latest record of the round before can be handed on.
 */
#include "collectors/xentrace.h"

#include "common/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/trace.h>

#define RECORD_MAX (sizeof(uint32_t) + sizeof(uint64_t) + XENTRACE_EXTRAS * sizeof(uint32_t))

/* A stream that has one window of all has no rounds. Its records are in order, so that few need to be kept. */
#define HELD_MOST (1u << 22)

_Static_assert(XENTRACE_EXTRAS == TRACE_EXTRA_MAX, "a record has room for all");

struct xentrace {
    xentrace_take *take;
    void *with;
    uint8_t cut[RECORD_MAX]; /* a record that has not come whole */
    size_t cut_size;
    uint64_t place, number;
    uint32_t cpu;
    uint64_t window;     /* bytes that are left of it */
    bool begun, several; /* several: processors */
    uint64_t last_tsc[XENTRACE_CPUS];
    struct xentrace_record *held;
    size_t helds, room;
    uint64_t latest, complete; /* of this round; of the one before */
};

struct xentrace *xentrace_new(xentrace_take *take, void *with)
{
    struct xentrace *x = memory_zeroed(1, sizeof(*x));
    x->take = take;
    x->with = with;
    return x;
}

void xentrace_free(struct xentrace *x)
{
    if (!x)
        return;
    free(x->held);
    free(x);
}

/* --- order ------------------------------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
    const struct xentrace_record *x = a, *y = b;
    if (x->tsc != y->tsc)
        return x->tsc < y->tsc ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* All that is not later. */
static void hand_on(struct xentrace *x, uint64_t until)
{
    size_t n = 0;
    if (!x->helds)
        return;
    qsort(x->held, x->helds, sizeof(*x->held), by_time);
    while (n < x->helds && x->held[n].tsc <= until)
        x->take(x->with, &x->held[n++]);
    memmove(x->held, x->held + n, (x->helds - n) * sizeof(*x->held));
    x->helds -= n;
}

static void hold(struct xentrace *x, const struct xentrace_record *r)
{
    if (x->helds == HELD_MOST)
        hand_on(x, UINT64_MAX);
    if (x->helds == x->room) {
        x->room = x->room ? 2 * x->room : 1024;
        x->held = memory_grown(x->held, x->room * sizeof(*x->held));
    }
    x->held[x->helds++] = *r;
    x->latest = r->tsc > x->latest ? r->tsc : x->latest;
}

static void end_round(struct xentrace *x)
{
    hand_on(x, x->complete);
    x->complete = x->latest;
}

/* --- records ----------------------------------------------------------------------- */

static bool bad(const struct xentrace *x, char *why, size_t size, const char *what)
{
    snprintf(why, size, "byte %" PRIu64 ": %s", x->place, what);
    return false;
}

static size_t size_of(uint32_t header)
{
    return sizeof(header) + (TRC_HD_INCLUDES_CYCLE_COUNT(header) ? sizeof(uint64_t) : 0) +
           TRC_HD_EXTRA(header) * sizeof(uint32_t);
}

static bool take_window(struct xentrace *x, const struct xentrace_record *r, char *why, size_t why_size)
{
    if (x->window)
        return bad(x, why, why_size, "a processor's records begin before those of another end");
    if (r->extras < 2 || r->extra[0] >= XENTRACE_CPUS)
        return bad(x, why, why_size, "records of a processor that none can be");
    /* One processor alone is in order by itself. */
    x->several = x->several || (x->begun && r->extra[0] != x->cpu);
    if (x->begun && (r->extra[0] < x->cpu || !x->several))
        end_round(x);
    x->begun = true;
    x->cpu = r->extra[0];
    x->window = r->extra[1];
    return true;
}

static bool take_record(struct xentrace *x, const uint8_t *bytes, size_t size, char *why, size_t why_size)
{
    uint32_t header;
    struct xentrace_record r = {.cpu = x->cpu, .number = x->number++};
    memcpy(&header, bytes, sizeof(header));
    size_t time = TRC_HD_INCLUDES_CYCLE_COUNT(header) ? sizeof(r.tsc) : 0;
    r.event = TRC_HD_TO_EVENT(header);
    r.extras = TRC_HD_EXTRA(header);
    memcpy(&r.tsc, bytes + sizeof(header), time);
    memcpy(r.extra, bytes + sizeof(header) + time, r.extras * sizeof(r.extra[0]));
    if (r.event == TRC_TRACE_CPU_CHANGE)
        return take_window(x, &r, why, why_size);
    if (!x->begun)
        return bad(x, why, why_size, "does not begin with a processor's records; is it a file of xentrace?");
    if (size > x->window)
        return bad(x, why, why_size, "a record reaches beyond its processor's records");
    x->window -= size;
    if (!time)
        r.tsc = x->last_tsc[x->cpu];
    x->last_tsc[x->cpu] = r.tsc;
    if (r.event != TRC_TRACE_WRAP_BUFFER)
        hold(x, &r);
    return true;
}

/* Whole records; how many bytes they were, or less with `good` false. */
static size_t take_whole(struct xentrace *x, const uint8_t *bytes, size_t size, bool *good, char *why, size_t why_size)
{
    size_t at = 0;
    uint32_t header;
    while (*good && size - at >= sizeof(header)) {
        memcpy(&header, bytes + at, sizeof(header));
        size_t whole = size_of(header);
        if (size - at < whole)
            break;
        *good = take_record(x, bytes + at, whole, why, why_size);
        x->place += whole;
        at += whole;
    }
    return at;
}

bool xentrace_feed(struct xentrace *x, const uint8_t *bytes, size_t size, char *why, size_t why_size)
{
    bool good = true;
    /* One that came in parts, byte by byte until it is whole. */
    while (good && size && x->cut_size) {
        x->cut[x->cut_size++] = *bytes++;
        size--;
        if (take_whole(x, x->cut, x->cut_size, &good, why, why_size))
            x->cut_size = 0;
    }
    size_t taken = take_whole(x, bytes, size, &good, why, why_size);
    if (good && size > taken) {
        x->cut_size = size - taken;
        memcpy(x->cut, bytes + taken, x->cut_size);
    }
    return good;
}

bool xentrace_end(struct xentrace *x, char *why, size_t why_size)
{
    hand_on(x, UINT64_MAX);
    if (!x->begun && !x->cut_size)
        return bad(x, why, why_size, "there is nothing in it");
    return !x->cut_size || bad(x, why, why_size, "is cut off within a record");
}
