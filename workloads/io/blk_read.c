/*
 * blk_read: pages read from the disk, one a request. The parameter says how many requests are in
 * flight at once: they are put, the back end is told once, and all are waited for.
 */
#include "guest.h"

static void *page[DISK_DEPTH_MAX];
static unsigned depth;

static const char *setup(struct guest_run *run)
{
    const char *reason = guest_batch(run, &depth);
    if (!reason)
        reason = guest_disk_open(depth);
    if (reason)
        return reason;
    for (unsigned i = 0; i < depth; i++) {
        page[i] = guest_page();
        guest_disk_fill(page[i], i);
    }
    guest_disk_transfer(DISK_WRITE, 0, page, depth);
    for (unsigned i = 0; i < depth; i++)
        guest_disk_fill(page[i], ~0ul); /* what is read must come from the disk */
    return NULL;
}

static void op(void)
{
    guest_disk_transfer(DISK_READ, 0, page, depth);
}

static void teardown(void)
{
    for (unsigned i = 0; i < depth; i++)
        guest_disk_check(page[i], i);
    guest_disk_close();
}

WORKLOAD(blk_read, "I/O", "a page read from the disk; parameter: requests in flight", .setup = setup, .op = op,
         .teardown = teardown);
