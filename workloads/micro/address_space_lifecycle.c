/*
 * address_space_lifecycle: what fork and exit do to page tables, for a
 * process of one page: build the tables, make them known, run in them,
 * leave, take them down.
 */
#include "guest.h"

static void op(void)
{
    struct guest_space space;
    guest_space_build(&space);
    guest_space_pin(&space);
    guest_space_switch(&space);
    guest_space_switch(&guest_space_home);
    guest_space_unpin(&space);
    guest_space_free(&space);
}

WORKLOAD(address_space_lifecycle, "memory", "build an address space, switch to it and back, and free it", .op = op);
