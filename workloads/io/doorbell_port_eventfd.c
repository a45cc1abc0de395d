/*
 * doorbell_port_eventfd: a notification to a port that the kernel takes in the device's place, whatever the value
 * (KVM's ioeventfd): it leaves a count, and nobody is waiting for that. It is how a legacy virtio device is told.
 */
#include "guest.h"

static struct guest_doorbell doorbell;

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_doorbell_open(&doorbell, DOORBELL_PORT, DOORBELL_ANY_VALUE);
}

static void op(void)
{
    outb(doorbell.port, doorbell.value);
}

WORKLOAD(doorbell_port_eventfd, "I/O", "OUT to a port that KVM takes in the device's place", .setup = setup, .op = op,
         .teardown = guest_doorbell_close);
