/*
 * pte_update: one page-table entry changes its protection, as in mprotect.
 * The TLB is not part of it: see tlb_flush_page.
 */
#include "guest.h"

static void *page;
static enum protection protection;

static const char *setup(struct guest_run *run)
{
    (void)run;
    page = guest_page();
    protection = READ_WRITE;
    guest_arena_set(0, page, READ_WRITE);
    return NULL;
}

static void op(void)
{
    protection ^= READ_WRITE ^ READ_ONLY;
    guest_arena_set(0, page, protection);
}

static void teardown(void)
{
    guest_arena_clear();
    guest_page_free(page);
}

WORKLOAD(pte_update, "memory", "change the protection of one page-table entry", .setup = setup, .op = op,
         .teardown = teardown);
