/*
 * doorbell_port: a notification to a port of a device whose model takes it and does nothing: what doorbell costs once
 * there is somebody to be told. On Linux that is a process, and the way there and back is what is measured.
 */
#include "guest.h"

static struct guest_doorbell doorbell;

static const char *setup(struct guest_run *run)
{
    (void)run;
    return guest_doorbell_open(&doorbell, DOORBELL_PORT, DOORBELL_DEVICE);
}

static void op(void)
{
    outb(doorbell.port, doorbell.value);
}

WORKLOAD(doorbell_port, "I/O", "OUT to a port of a device that does nothing more", .setup = setup, .op = op,
         .teardown = guest_doorbell_close);
