/*
 * pte_store: pte_update by a plain store into the page table, which PV lets a kernel do that does not know that a
 * page has become a table, or has but one entry to change: the store faults, and the hypervisor carries it out.
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
    return guest_no_arena_store();
}

static void op(void)
{
    protection ^= READ_WRITE ^ READ_ONLY;
    guest_arena_store(0, page, protection);
}

static void teardown(void)
{
    guest_arena_clear();
    guest_page_free(page);
}

WORKLOAD(pte_store, "memory", "change the protection of one page-table entry by a plain store", .setup = setup,
         .op = op, .teardown = teardown);
