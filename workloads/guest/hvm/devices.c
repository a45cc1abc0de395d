/* devices.c: where an HVM guest finds grants and store: the table where it wants it, the store by its parameters. */
#include "../xenbus/xenbus.h"
#include "hvm.h"
#include <xen/hvm/params.h>
#include <xen/memory.h>

/* Behind the shared page (lock.c). */
#define GRANTS_ADDRESS 0xfe701000ul

uint64_t xen_frame(const void *page)
{
    return (uintptr_t)page / PAGE_SIZE;
}

static bool is_xens(void)
{
    return platform == PLATFORM_XEN || platform == PLATFORM_MINIVISOR;
}

struct grant_entry_v1 *xen_map_grants(void)
{
    struct xen_add_to_physmap map = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .gpfn = GRANTS_ADDRESS / PAGE_SIZE};
    if (!is_xens() || HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map))
        return NULL;
    hvm_map_identity(GRANTS_ADDRESS, PTE_RW);
    hvm_map_shared_info();
    return (void *)GRANTS_ADDRESS;
}

volatile void *xen_map_store(evtchn_port_t *port)
{
    const uint64_t frame = hvm_parameter(HVM_PARAM_STORE_PFN);
    *port = (evtchn_port_t)hvm_parameter(HVM_PARAM_STORE_EVTCHN);
    if (!frame)
        return NULL;
    hvm_map_identity(frame * PAGE_SIZE, PTE_RW);
    return (void *)(frame * PAGE_SIZE);
}
