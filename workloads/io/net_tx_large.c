/*
 * net_tx_large: the longest frames, 1500 bytes of data, sent. The parameter says how many make a batch: they
 * are put, the back end is told once, and all are waited for. Nobody wants them, so that no answer is in the numbers.
 */
#include "guest.h"

static void *frame;
static unsigned batch;

static const char *setup(struct guest_run *run)
{
    const char *reason = guest_batch(run, &batch);
    if (!reason)
        reason = guest_net_open();
    if (reason)
        return reason;
    frame = guest_page();
    guest_net_fill(frame, PVB_NET_SINK, 0, 0);
    return NULL;
}

static void op(void)
{
    for (unsigned i = 0; i < batch; i++)
        guest_net_put(frame, PVB_NET_FRAME_MAX);
    guest_net_notify();
    guest_net_wait_sent(batch);
}

WORKLOAD(net_tx_large, "I/O", "a frame of 1518 bytes sent; parameter: frames a batch", .setup = setup, .op = op,
         .teardown = guest_net_close);
