/* environment_here.c: one document of two sources, of which the table of facts knows files alone. */
#include "runner/command/environment_here.h"
#include "runner/host/environment.h"
#include "runner/hypervisor/xen_ask.h"

json_t *environment_here(void)
{
    json_t *all = environment_read("");
    json_object_set_new(all, "xen", xen_facts());
    return all;
}
