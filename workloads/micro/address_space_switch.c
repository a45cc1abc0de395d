/* address_space_switch: to another address space, kernel and user part; every second operation switches back. */
#include "guest.h"

static struct guest_space space;
static const struct guest_space *const spaces[] = {&guest_space_home, &space};
static unsigned here;

static const char *setup(struct guest_run *run)
{
    (void)run;
    guest_space_build(&space);
    guest_space_pin(&space);
    here = 0;
    return NULL;
}

static void op(void)
{
    here ^= 1;
    guest_space_switch(spaces[here]);
}

static void teardown(void)
{
    guest_space_switch(&guest_space_home);
    guest_space_unpin(&space);
    guest_space_free(&space);
}

WORKLOAD(address_space_switch, "memory", "switch to another address space", .setup = setup, .op = op,
         .teardown = teardown);
