/*
 * balloon.c: a page frame given back to Xen, and one taken
 * (xen/memory.h). A mapped frame cannot be given back: the mapping goes
 * first, in the same multicall. Xen updates its machine-to-physical table;
 * the other way is ours.
 */
#include "pv.h"
#include <xen/memory.h>

const char *guest_no_balloon(void)
{
    return NULL;
}

void guest_balloon_give(void *page)
{
    xen_pfn_t frame = machine_frame(page);
    struct xen_memory_reservation gone = {.nr_extents = 1, .domid = DOMID_SELF};
    set_xen_guest_handle(gone.extent_start, &frame);
    struct multicall_entry calls[2] = {
        {.op = __HYPERVISOR_update_va_mapping, .args = {(unsigned long)page, 0, UVMF_INVLPG}},
        {.op = __HYPERVISOR_memory_op, .args = {XENMEM_decrease_reservation, (unsigned long)&gone}},
    };
    must(HYPERCALL2(__HYPERVISOR_multicall, calls, 2), "multicall");
    must((long)calls[0].result, "unmapping a page");
    if (calls[1].result != 1)
        guest_panic("decrease_reservation gave back %ld pages", (long)calls[1].result);
    p2m[(uintptr_t)page / PAGE_SIZE] = ~0ul; /* INVALID_P2M_ENTRY of libxenguest: no frame */
}

void guest_balloon_take(void *page)
{
    xen_pfn_t frame = (uintptr_t)page / PAGE_SIZE; /* in: which page of ours; out: its machine frame */
    struct xen_memory_reservation wanted = {.nr_extents = 1, .domid = DOMID_SELF};
    set_xen_guest_handle(wanted.extent_start, &frame);
    long got = HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &wanted);
    if (got != 1)
        guest_panic("populate_physmap gave %ld pages", got);
    p2m[(uintptr_t)page / PAGE_SIZE] = frame;
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, page, pte_of(page, PTE_RW), UVMF_NONE, 0, 0), "mapping a page");
}
