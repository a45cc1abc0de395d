/*
 * net_rx: the shortest frames, 64 bytes with their check sum, received. The parameter says how many make a batch: a
 * frame asks the other station for them, and all are taken. That request, and its way out, is a part of each batch.
 */
#include "guest.h"

static void *request;
static const void *last;
static unsigned batch;

static const char *setup(struct guest_run *run)
{
    const char *reason = guest_batch(run, &batch);
    if (!reason)
        reason = guest_net_open();
    if (reason)
        return reason;
    request = guest_page();
    guest_net_fill(request, PVB_NET_SEND, batch, PVB_NET_FRAME_MIN);
    return NULL;
}

static void op(void)
{
    guest_net_put(request, PVB_NET_FRAME_MIN);
    guest_net_notify();
    for (unsigned i = 0; i < batch; i++)
        guest_net_receive(PVB_NET_TYPE, &last);
}

static void teardown(void)
{
    guest_net_check(last, batch - 1, PVB_NET_FRAME_MIN);
    guest_net_close();
}

WORKLOAD(net_rx, "I/O", "a frame of 64 bytes received; parameter: frames a batch", .setup = setup, .op = op,
         .teardown = teardown);
