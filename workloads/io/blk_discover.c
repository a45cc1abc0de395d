/*
 * blk_discover: from nothing to a usable disk: it is looked for, told where its rings lie, and answers. The way
 * back is not part of the sample; it is part of the entries, since the next sample needs it.
 */
#include "guest.h"

static const char *setup(struct guest_run *run)
{
    (void)run;
    const char *reason = guest_disk_open(1);
    if (!reason)
        guest_disk_close();
    return reason;
}

static uint64_t timed_op(void)
{
    const uint64_t start = tsc_now();
    const char *reason = guest_disk_open(1);
    const uint64_t end = tsc_now();
    if (reason)
        guest_panic("the disk was there before: %s", reason);
    guest_disk_close();
    return end - start;
}

WORKLOAD(blk_discover, "I/O", "from nothing to a usable disk", .measures = "without_closing_it", .setup = setup,
         .timed_op = timed_op);
