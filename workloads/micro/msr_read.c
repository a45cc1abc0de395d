/*
 * msr_read: an MSR that belongs to the guest alone, the FS base, is read, as it is of a thread that stops running: one
 * that no hypervisor need watch, and that a PV guest may not read by itself.
 */
#include "guest.h"

enum { MSR_FS_BASE = 0xc0000100 };

static void op(void)
{
    rdmsr(MSR_FS_BASE);
}

WORKLOAD(msr_read, "privileged", "RDMSR of the FS base", .op = op);
