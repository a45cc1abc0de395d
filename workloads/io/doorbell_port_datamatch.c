/*
 * doorbell_port_datamatch: as doorbell_port_eventfd, and the kernel takes one value alone, so that a port can stand for
 * several queues.
 */
#include "guest.h"

static struct guest_doorbell doorbell;

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_doorbell_open(&doorbell, DOORBELL_PORT, DOORBELL_ONE_VALUE);
}

static void op(void)
{
    outb(doorbell.port, doorbell.value);
}

WORKLOAD(doorbell_port_datamatch, "I/O", "OUT of one value that KVM takes in the device's place", .setup = setup,
         .op = op, .teardown = guest_doorbell_close);
