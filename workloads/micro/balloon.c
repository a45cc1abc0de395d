/* balloon: one page frame given back to the hypervisor and one taken in its place. */
#include "guest.h"

static void *page;

static const char *setup(struct guest_run *run)
{
    (void)run;
    const char *reason = guest_no_balloon();
    if (!reason)
        page = guest_page();
    return reason;
}

static void op(void)
{
    guest_balloon_give(page);
    guest_balloon_take(page);
}

WORKLOAD(balloon, "memory", "give one page back to the hypervisor and take one", .setup = setup, .op = op);
