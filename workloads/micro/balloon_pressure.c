/*
 * balloon_pressure: memory taken from one guest and given to another, as a host does that has none to spare. The sample
 * is a hand-over of so many pages (the parameter, 512 by itself), from the moment at which the measured guest asks for
 * them until it has them all: the toolstack lowers a neighbour's target in the store, that guest gives pages back to
 * the hypervisor and says so, then the toolstack raises the measured guest's target, and it takes as many. Both are in
 * batches, as kernels do it. The next hand-over is from the next neighbour, and before it the pages go back, outside of
 * any region.
 *
 * All neighbours have this for their load: what they do is to follow their targets.
 */
#include "guest.h"

enum { PAGES = 512, PAGES_MAX = 4096, UNIT_KIB = PAGE_SIZE / 1024 };

static uint8_t *pages;
static unsigned count, out; /* of the pages: how many, and of them those that are given back, the last ones */
static uint64_t full;       /* the target with all of them */

/* As many are given back as the target is below the full one. */
static void follow(uint64_t target)
{
    const uint64_t wanted = target < full ? (full - target) / UNIT_KIB : 0;
    if (wanted > count)
        guest_panic("the target of %lu KiB wants more than the %u pages that there are to give", target, count);
    if (wanted > out)
        guest_balloon_give_many(pages + (count - wanted) * PAGE_SIZE, (unsigned)wanted - out);
    else if (wanted < out)
        guest_balloon_take_many(pages + (count - out) * PAGE_SIZE, out - (unsigned)wanted);
    out = (unsigned)wanted;
}

static const char *setup(struct guest_run *run)
{
    if (run->parameter > PAGES_MAX)
        return guest_mistake(run, "parameter: at most 4096 pages are handed over");
    const char *reason = guest_no_memory_target();
    if (reason)
        return reason;
    count = run->parameter ? (unsigned)run->parameter : PAGES;
    /* A neighbour is not told how many will be wanted of it. */
    if (guest_is_neighbour())
        count = PAGES_MAX;
    else
        run->ops_per_iteration = count;
    run->chunk = 1;
    pages = guest_pages(count);
    full = guest_memory_target();
    out = 0;
    if (!guest_is_neighbour())
        follow(guest_ask_memory(false, count));
    return NULL;
}

static void op(void)
{
    if (!guest_is_neighbour())
        follow(guest_ask_memory(true, count));
}

/* A neighbour has done its load once when it is ready to be asked. */
static void reset(void)
{
    if (guest_is_neighbour()) {
        follow(guest_await_memory());
        guest_tell_memory();
    } else {
        follow(guest_ask_memory(false, count));
    }
}

WORKLOAD(balloon_pressure, "memory", "memory taken from one guest and given to another; parameter: pages",
         .setup = setup, .op = op, .reset = reset, .measures = "asked_for_until_taken");
