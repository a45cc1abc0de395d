/*
 * segment_base: a thread's FS base is set, as at every switch of threads whose library keeps their data there: a call
 * in PV, an MSR else.
 */
#include "guest.h"

static void op(void)
{
    guest_user_segment(0);
}

WORKLOAD(segment_base, "processor", "set user mode's FS base", .op = op);
