/*
 * doorbell: a notification that nobody answers: OUT to a port without a device. It is what a driver
 * pays to signal one, before the device does anything. Not the usual port 0x80: Xen lets HVM guests have that
 * one for themselves (arch/x86/hvm/hvm.c, hvm_io_bitmap).
 */
#include "guest.h"

enum { NOBODYS_PORT = 0x7070 };

static void op(void)
{
    outb(NOBODYS_PORT, 0);
}

WORKLOAD(doorbell, "I/O", "OUT to a port that no device answers", .op = op);
