/*
 * save_restore: the guest asks to be saved, is suspended, written to a file, destroyed, made anew from the file, and
 * goes on. The sample is its downtime as it sees it itself, by the hypervisor's clock, which goes on meanwhile: from
 * the moment before it suspends to the one at which it has its clock, console, store and events again.
 *
 * Without a parameter it is suspended first, and then all of its pages are copied. With one it is saved live: copied
 * while it runs and writes to so many pages again and again, then what it has dirtied is copied again, and so on, until
 * few are left or the rounds are over; what is left is copied while it is suspended.
 */
#include "guest.h"

enum { PAGES_MAX = 4096 };

static uint8_t *pages;
static uint64_t dirtied;
static uint8_t turn;

static const char *setup(struct guest_run *run)
{
    if (run->parameter > PAGES_MAX)
        return guest_mistake(run, "parameter: a guest that is saved live dirties at most 4096 pages");
    const char *reason = guest_no_save(run->parameter);
    dirtied = run->parameter;
    if (!reason && dirtied)
        pages = guest_pages(dirtied);
    return reason;
}

static void dirty(void)
{
    turn++;
    for (uint64_t i = 0; i < dirtied; i++)
        *(volatile uint8_t *)&pages[i * PAGE_SIZE] = turn;
}

static uint64_t timed_op(void)
{
    const uint64_t down = guest_save(dirtied ? dirty : NULL);
    for (uint64_t i = 0; i < dirtied; i++)
        if (pages[i * PAGE_SIZE] != turn)
            guest_panic("page %lu was not restored as it was", i);
    return down;
}

WORKLOAD(save_restore, "privileged", "be saved to a file and restored from it", .setup = setup, .timed_op = timed_op,
         .measures = "suspended_to_running_again");
