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

static void memory_op_many(unsigned op, const void *first, unsigned count)
{
    static xen_pfn_t frame[BALLOON_BATCH];
    struct xen_memory_reservation reservation = {.nr_extents = count, .domid = DOMID_SELF};
    for (unsigned i = 0; i < count; i++)
        frame[i] = (uintptr_t)first / PAGE_SIZE + i;
    set_xen_guest_handle(reservation.extent_start, frame);
    long done = HYPERCALL2(__HYPERVISOR_memory_op, op, &reservation);
    if (done != count)
        guest_panic("memory_op %u did %ld pages of %u", op, done, count);
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

static void in_batches(unsigned op, const uint8_t *first, unsigned count)
{
    for (unsigned done = 0; done < count; done += BALLOON_BATCH)
        memory_op_many(op, first + done * PAGE_SIZE, count - done < BALLOON_BATCH ? count - done : BALLOON_BATCH);
}

void guest_balloon_give_many(void *first, unsigned count)
{
    in_batches(XENMEM_decrease_reservation, first, count);
}

void guest_balloon_take_many(void *first, unsigned count)
{
    in_batches(XENMEM_populate_physmap, first, count);
}

void guest_balloon_give(void *page)
{
    memory_op(XENMEM_decrease_reservation, page);
}

void guest_balloon_take(void *page)
{
    memory_op(XENMEM_populate_physmap, page);
}
