/* lock.c: yield and kicks in PV are Xen's. */
#include "../lock.h"
#include "pv.h"

struct shared_info *mode_shared_info = &shared_info_page;

const char *guest_no_yield(void)
{
    return NULL;
}

void guest_yield(void)
{
    xen_yield();
}

const char *guest_kick_begin(void)
{
    return xen_kick_begin();
}

void guest_kick(void)
{
    xen_kick();
}

void guest_kick_wait(void)
{
    xen_kick_wait();
}

void guest_kick_end(void)
{
    xen_kick_end();
}
