/*
 * pte_update_batch: as pte_update, for `parameter` neighbouring entries that
 * the hypervisor is told of at once.
 */
#include "guest.h"

static void *page;
static enum protection protection;
static unsigned count;

static const char *setup(struct guest_run *run)
{
    if (run->parameter > ARENA_BATCH_MAX)
        return guest_mistake(run, "the parameter is the number of entries, 1 to 256");
    count = run->parameter ? (unsigned)run->parameter : 32;
    run->ops_per_iteration = count;
    page = guest_page();
    protection = READ_WRITE;
    guest_arena_set_many(0, count, page, READ_WRITE);
    return NULL;
}

static void op(void)
{
    protection ^= READ_WRITE ^ READ_ONLY;
    guest_arena_set_many(0, count, page, protection);
}

static void teardown(void)
{
    guest_arena_clear();
    guest_page_free(page);
}

WORKLOAD(pte_update_batch, "memory", "change the protection of 32 (parameter) page-table entries at once",
         .setup = setup, .op = op, .teardown = teardown);
