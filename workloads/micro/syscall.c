/* syscall: one full crossing each way, user mode to the guest's kernel and back. */
#include "guest.h"

static void op(void)
{
    guest_user_round_trip();
}

WORKLOAD(syscall, "traps", "kernel to user mode, SYSCALL, and back in the kernel", .op = op);
