/* null_call.c: lmbench's null system call: getppid(), which does next to nothing in the kernel. */
#include "load.h"

#include <sys/syscall.h>
#include <unistd.h>

static void op(void)
{
    syscall(SYS_getppid);
}

LOAD(null_call, "syscalls", "getppid(): a system call that does nothing", .op = op);
