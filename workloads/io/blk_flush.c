/* blk_flush: what was written is to outlast the loss of power: a request without data. */
#include "guest.h"

static const char *setup(struct guest_run *run)
{
    (void)run;
    const char *reason = guest_disk_open(1);
    if (reason)
        return reason;
    reason = guest_disk_no_flush();
    if (reason)
        guest_disk_close();
    return reason;
}

static void op(void)
{
    guest_disk_put(DISK_FLUSH, 0, NULL, 0);
    guest_disk_notify();
    guest_disk_wait(1);
}

WORKLOAD(blk_flush, "I/O", "the disk's writes made to last", .setup = setup, .op = op, .teardown = guest_disk_close);
