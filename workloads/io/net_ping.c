/*
 * net_ping: the shortest echo request to the stack behind the back end, and its answer: the way out, the
 * stack, and the way in.
 */
#include "guest.h"

static void *request;
static const void *answer;
static unsigned size;

static const char *setup(struct guest_run *run)
{
    (void)run;
    const char *reason = guest_net_open();
    if (reason)
        return reason;
    request = guest_page();
    guest_net_fill_echo(request);
    return NULL;
}

static void op(void)
{
    guest_net_put(request, PVB_NET_FRAME_MIN);
    guest_net_notify();
    size = guest_net_receive(NET_TYPE_IP, &answer);
}

static void teardown(void)
{
    guest_net_check_echo(answer, size);
    guest_net_close();
}

WORKLOAD(net_ping, "I/O", "an echo request of 64 bytes to the back end's own stack, and its answer", .setup = setup,
         .op = op, .teardown = teardown);
