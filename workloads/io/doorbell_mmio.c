/*
 * doorbell_mmio: a notification to the memory of a device whose model takes it and does nothing: as doorbell_port, and
 * the instruction that writes has to be read and understood, which that of a port has not.
 */
#include "guest.h"

static struct guest_doorbell doorbell;

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_doorbell_open(&doorbell, DOORBELL_MEMORY, DOORBELL_DEVICE);
}

static void op(void)
{
    guest_doorbell_ring(&doorbell);
}

WORKLOAD(doorbell_mmio, "I/O", "a write to the memory of a device that does nothing more", .setup = setup, .op = op,
         .teardown = guest_doorbell_close);
