/*
 * blk_write: pages written to the disk, one a request; the parameter as of blk_read. When all is
 * measured they are read back, and must be what was written.
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
        guest_disk_fill(page[i], DISK_DEPTH_MAX + i);
    }
    return NULL;
}

static void op(void)
{
    guest_disk_transfer(DISK_WRITE, DISK_DEPTH_MAX, page, depth);
}

static void teardown(void)
{
    for (unsigned i = 0; i < depth; i++)
        guest_disk_fill(page[i], ~0ul);
    guest_disk_transfer(DISK_READ, DISK_DEPTH_MAX, page, depth);
    for (unsigned i = 0; i < depth; i++)
        guest_disk_check(page[i], DISK_DEPTH_MAX + i);
    guest_disk_close();
}

WORKLOAD(blk_write, "I/O", "a page written to the disk; parameter: requests in flight", .setup = setup, .op = op,
         .teardown = teardown);
