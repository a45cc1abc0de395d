/* transactions.c: the other side of netperf's TCP_RR: a byte comes, and goes back, until the guest hangs up. */
#include "hypervisor-harness/station/service.h"
#include "hypervisor-harness/station/stream.h"

#include "pvbench/net.h"

#include <unistd.h>

static int open_transactions(const char *interface, char why[STATION_WHY])
{
    return stream_listen(interface, PVB_NET_TRANSACTIONS_PORT, why);
}

static void serve(int listener) __attribute__((noreturn));
static void serve(int listener)
{
    for (;;) {
        const int fd = stream_wait(listener);
        char byte;
        while (stream_read(fd, &byte, 1) && stream_write(fd, &byte, 1))
            continue;
        close(fd);
    }
}

const struct station_service station_transactions = {open_transactions, serve};
