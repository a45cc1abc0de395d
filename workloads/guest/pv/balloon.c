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

/* --- many: all mappings of a batch in one multicall, the pages themselves in one memory_op -------------------------
 */

static struct multicall_entry calls[BALLOON_BATCH + 1];
static xen_pfn_t frames[BALLOON_BATCH];

static void multicall(unsigned mappings, unsigned all)
{
    must(HYPERCALL2(__HYPERVISOR_multicall, calls, all), "multicall");
    for (unsigned i = 0; i < mappings; i++)
        must((long)calls[i].result, "mapping a page");
}

static void set_mapping(unsigned i, const void *page, uint64_t entry)
{
    calls[i] = (struct multicall_entry){.op = __HYPERVISOR_update_va_mapping,
                                        .args = {(unsigned long)page, entry, entry ? UVMF_NONE : UVMF_INVLPG}};
}

static void give(uint8_t *first, unsigned count)
{
    struct xen_memory_reservation gone = {.nr_extents = count, .domid = DOMID_SELF};
    set_xen_guest_handle(gone.extent_start, frames);
    for (unsigned i = 0; i < count; i++) {
        frames[i] = machine_frame(first + i * PAGE_SIZE);
        set_mapping(i, first + i * PAGE_SIZE, 0);
    }
    calls[count] = (struct multicall_entry){.op = __HYPERVISOR_memory_op,
                                            .args = {XENMEM_decrease_reservation, (unsigned long)&gone}};
    multicall(count, count + 1);
    if (calls[count].result != count)
        guest_panic("decrease_reservation gave back %ld pages of %u", (long)calls[count].result, count);
    for (unsigned i = 0; i < count; i++)
        p2m[(uintptr_t)first / PAGE_SIZE + i] = ~0ul;
}

static void take(uint8_t *first, unsigned count)
{
    struct xen_memory_reservation wanted = {.nr_extents = count, .domid = DOMID_SELF};
    set_xen_guest_handle(wanted.extent_start, frames);
    for (unsigned i = 0; i < count; i++)
        frames[i] = (uintptr_t)first / PAGE_SIZE + i;
    const long got = HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &wanted);
    if (got != count)
        guest_panic("populate_physmap gave %ld pages of %u", got, count);
    for (unsigned i = 0; i < count; i++) {
        p2m[(uintptr_t)first / PAGE_SIZE + i] = frames[i];
        set_mapping(i, first + i * PAGE_SIZE, pte_of(first + i * PAGE_SIZE, PTE_RW));
    }
    multicall(count, count);
}

static void in_batches(void (*some)(uint8_t *first, unsigned count), uint8_t *first, unsigned count)
{
    for (unsigned done = 0; done < count; done += BALLOON_BATCH)
        some(first + done * PAGE_SIZE, count - done < BALLOON_BATCH ? count - done : BALLOON_BATCH);
}

void guest_balloon_give_many(void *first, unsigned count)
{
    in_batches(give, first, count);
}

void guest_balloon_take_many(void *first, unsigned count)
{
    in_batches(take, first, count);
}
