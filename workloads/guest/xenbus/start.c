/* start.c: grants and store are found once, at the start of day, since the pages where they are seen are for good. */
#include "xenbus.h"

static bool was_done, are_grants;
static const char *missing;

void xen_devices_init(void)
{
    evtchn_port_t port;
    if (was_done)
        return;
    was_done = true;
    struct grant_entry_v1 *table = xen_map_grants();
    if (!table || !mode_shared_info)
        return;
    are_grants = true;
    volatile void *store = xen_map_store(&port);
    missing = store ? NULL : "the hypervisor has no store in which a back end could be found";
    grants_init(table);
    if (store)
        store_init(store, port);
}

bool xen_is_possible(void)
{
    return are_grants;
}

const char *xen_no_devices(void)
{
    return missing;
}
