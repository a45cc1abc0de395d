/*
 * doorbell_mmio_eventfd: a notification to memory that the kernel takes in the device's place, whatever the value
 * (KVM's ioeventfd): it leaves a count, and nobody is waiting for that. It is how a virtio device is told.
 */
#include "guest.h"

static struct guest_doorbell doorbell;

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_doorbell_open(&doorbell, DOORBELL_MEMORY, DOORBELL_ANY_VALUE);
}

static void op(void)
{
    guest_doorbell_ring(&doorbell);
}

WORKLOAD(doorbell_mmio_eventfd, "I/O", "a write to memory that KVM takes in the device's place", .setup = setup,
         .op = op, .teardown = guest_doorbell_close);
