/*
 * blk_read_large: eleven pages read from the disk by one request, the most that one of Xen's block protocol
 * has without indirect segments.
 */
#include "guest.h"

static void *page[DISK_PAGES_MAX];

static void transfer(enum disk_operation operation)
{
    guest_disk_put(operation, 0, page, DISK_PAGES_MAX);
    guest_disk_notify();
    guest_disk_wait(1);
}

static const char *setup(struct guest_run *run)
{
    (void)run;
    const char *reason = guest_disk_open(1);
    if (reason)
        return reason;
    for (unsigned i = 0; i < DISK_PAGES_MAX; i++) {
        page[i] = guest_page();
        guest_disk_fill(page[i], i);
    }
    transfer(DISK_WRITE);
    for (unsigned i = 0; i < DISK_PAGES_MAX; i++)
        guest_disk_fill(page[i], ~0ul);
    return NULL;
}

static void op(void)
{
    transfer(DISK_READ);
}

static void teardown(void)
{
    for (unsigned i = 0; i < DISK_PAGES_MAX; i++)
        guest_disk_check(page[i], i);
    guest_disk_close();
}

WORKLOAD(blk_read_large, "I/O", "eleven pages read from the disk by one request", .setup = setup, .op = op,
         .teardown = teardown);
