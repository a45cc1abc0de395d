/* tlb_flush_page: one translation out of this processor's TLB, as after pte_update. */
#include "guest.h"

static void *page;

static const char *setup(struct guest_run *run)
{
    (void)run;
    page = guest_page();
    guest_arena_set(0, page, READ_WRITE);
    return NULL;
}

static void op(void)
{
    guest_flush_page(arena_page(0));
}

static void teardown(void)
{
    guest_arena_clear();
    guest_page_free(page);
}

WORKLOAD(tlb_flush_page, "memory", "flush one page from the TLB", .setup = setup, .op = op, .teardown = teardown);
