/*
 * msr_write: an MSR that every hypervisor must watch, EFER, written with
 * the value that it has, so that nothing changes.
 */
#include "guest.h"

enum { MSR_EFER = 0xc0000080, GENERAL_PROTECTION = 13 };

static uint64_t efer;
static bool refused;

static void skip(struct trap_frame *frame)
{
    refused = true;
    frame->rip += 2; /* WRMSR is 0f 30 */
}

static const char *setup(struct guest_run *run)
{
    (void)run;
    refused = false;
    efer = rdmsr(MSR_EFER);
    guest_on_trap(GENERAL_PROTECTION, skip);
    wrmsr(MSR_EFER, efer);
    guest_on_trap(GENERAL_PROTECTION, NULL);
    return refused ? "the hypervisor refuses EFER's own value" : NULL;
}

static void op(void)
{
    wrmsr(MSR_EFER, efer);
}

WORKLOAD(msr_write, "privileged", "WRMSR of EFER with the value that it has", .setup = setup, .op = op);
