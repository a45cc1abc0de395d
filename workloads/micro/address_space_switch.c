/* address_space_switch: to another address space, kernel and user part; every second operation switches back. */
#include "guest.h"

static struct guest_space space;
static bool away;

static const char *setup(struct guest_run *run)
{
    (void)run;
    guest_space_build(&space);
    guest_space_pin(&space);
    away = false;
    return NULL;
}

static void op(void)
{
    away = !away;
    guest_space_switch(away ? &space : NULL);
}

static void teardown(void)
{
    guest_space_switch(NULL);
    guest_space_unpin(&space);
    guest_space_free(&space);
}

WORKLOAD(address_space_switch, "switch to another address space", .setup = setup, .op = op, .teardown = teardown);
