/*
 * balloon.c: a page frame given back to Xen, and one taken
 * (xen/memory.h). Xen keeps the guest's physical memory map, so nothing
 * else changes.
 */
#include "hvm.h"
#include <xen/memory.h>

const char *guest_no_balloon(void)
{
    if (platform == PLATFORM_XEN || platform == PLATFORM_MINIVISOR)
        return NULL;
    return "no hypervisor that takes single pages back by a hypercall";
}

static void memory_op(unsigned op, void *page)
{
    xen_pfn_t frame = (uintptr_t)page / PAGE_SIZE;
    struct xen_memory_reservation reservation = {.nr_extents = 1, .domid = DOMID_SELF};
    set_xen_guest_handle(reservation.extent_start, &frame);
    long done = HYPERCALL2(__HYPERVISOR_memory_op, op, &reservation);
    if (done != 1)
        guest_panic("memory_op %u did %ld pages", op, done);
}

void guest_balloon_give(void *page)
{
    memory_op(XENMEM_decrease_reservation, page);
}

void guest_balloon_take(void *page)
{
    memory_op(XENMEM_populate_physmap, page);
}
