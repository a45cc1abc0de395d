/* idle.c: nothing for a second: what a guest that has nothing to do asks of its hypervisor all the same. */
#include "load.h"

#include <time.h>

static void op(void)
{
    const struct timespec second = {.tv_sec = 1};
    nanosleep(&second, NULL);
}

LOAD(idle, "idle", "one second of nothing to do", .op = op);
