/*
 * doorbell_mmio_datamatch: as doorbell_mmio_eventfd, and the kernel takes one value alone, so that it must be read from
 * the guest first where a processor's or KVM's short cut would do without.
 */
#include "guest.h"

static struct guest_doorbell doorbell;

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_doorbell_open(&doorbell, DOORBELL_MEMORY, DOORBELL_ONE_VALUE);
}

static void op(void)
{
    guest_doorbell_ring(&doorbell);
}

WORKLOAD(doorbell_mmio_datamatch, "I/O", "a write of one value that KVM takes in the device's place", .setup = setup,
         .op = op, .teardown = guest_doorbell_close);
