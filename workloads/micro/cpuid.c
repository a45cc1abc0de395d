/* cpuid: an instruction that the hypervisor carries out for the guest. */
#include "guest.h"

static void op(void)
{
    guest_cpuid(0);
}

WORKLOAD(cpuid, "privileged", "CPUID leaf 0, answered by the hypervisor", .op = op);
