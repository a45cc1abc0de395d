/*
 * stack_switch: a kernel says where its stack for events and system calls from user mode is, as it does whenever
 * another thread runs: a call in PV, a store into the TSS else. It says the place that it has said before.
 */
#include "guest.h"

static void op(void)
{
    guest_kernel_stack();
}

WORKLOAD(stack_switch, "processor", "say where the kernel's stack is", .op = op);
