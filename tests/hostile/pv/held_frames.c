/* Frames that the hypervisor itself reads and writes: they stay, and stay memory, whatever the guest does. */
#include "../hostile.h"
#include "pv/pv.h"
#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/memory.h>

static long extended(unsigned cmd, uint64_t frame)
{
    struct mmuext_op op = {.cmd = cmd, .arg1.mfn = frame};

    return HYPERCALL(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF, 0);
}

/* The consumer's index, which the hypervisor writes, becomes an entry of a page table. */
static void console_as_table(uint32_t producer)
{
    uint64_t frame = start_info->console.domU.mfn;
    uint64_t *page = (uint64_t *)pv_page_of_frame(frame);
    struct evtchn_send send = {.port = start_info->console.domU.evtchn};

    memset(page, 0, PAGE_SIZE);
    page[offsetof(struct xencons_interface, out_cons) / 8] = (uint64_t)producer << 32 | (producer - 1);
    pv_make_table(page);
    extended(MMUEXT_PIN_L1_TABLE, frame);
    HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send, 0, 0, 0);
    extended(MMUEXT_UNPIN_TABLE, frame);
    survived("the console's ring was a page table");
}

static void console_page_table(void)
{
    console_as_table(5);
}
HOSTILE(console_page_table, console_page_table);

/* And then an entry that names a frame beyond all memory leaves it. */
static void console_far_entry(void)
{
    console_as_table(0x0007ffff);
}
HOSTILE(console_far_entry, console_far_entry);

static void console_descriptors(void)
{
    uint64_t frame = start_info->console.domU.mfn, *page = (uint64_t *)pv_page_of_frame(frame);

    pv_make_table(page);
    survived("%ld", HYPERCALL(__HYPERVISOR_set_gdt, &frame, 512, 0, 0, 0));
}
HOSTILE(console_descriptors, console_descriptors);

static void store_page_table(void)
{
    uint64_t frame = start_info->store_mfn, *page = (uint64_t *)pv_page_of_frame(frame);

    memset(page, 0, PAGE_SIZE);
    pv_make_table(page);
    survived("%ld", extended(MMUEXT_PIN_L1_TABLE, frame));
}
HOSTILE(store_page_table, store_page_table);

/* Unmaps a frame and gives it back: how many were taken. */
static long give_back(uint64_t frame, void *page)
{
    xen_pfn_t list[1] = {frame};
    struct xen_memory_reservation gone = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(gone.extent_start, list);
    if (page)
        HYPERCALL(__HYPERVISOR_update_va_mapping, page, 0, UVMF_INVLPG, 0, 0);
    return HYPERCALL(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &gone, 0, 0, 0);
}

static void give_back_rings(void)
{
    uint64_t store = start_info->store_mfn, console = start_info->console.domU.mfn;
    void *page = (void *)pv_page_of_frame(console);
    long taken = give_back(store, (void *)pv_page_of_frame(store)) + give_back(console, page);

    /* To speak of it the ring is needed again. */
    HYPERCALL(__HYPERVISOR_update_va_mapping, page, console * PAGE_SIZE | PTE_RW, UVMF_INVLPG, 0, 0);
    survived("%ld rings given back", taken);
}
HOSTILE(give_back_rings, give_back_rings);

static void give_back_shared_info(void)
{
    survived("%ld", give_back(start_info->shared_info / PAGE_SIZE, NULL));
}
HOSTILE(give_back_shared_info, give_back_shared_info);

static void shared_info_page_table(void)
{
    survived("%ld", extended(MMUEXT_PIN_L1_TABLE, start_info->shared_info / PAGE_SIZE));
}
HOSTILE(shared_info_page_table, shared_info_page_table);

/* The tables that are loaded, and the descriptor table: in use, though nothing maps them. */
static void give_back_tables(void)
{
    uint64_t *gdt = pv_new_table(), frame = machine_frame(gdt);
    uint64_t user_l4 = machine_frame(guest_space_home.table[SPACE_USER_L4]);
    long taken;

    pv_make_table(gdt);
    must(HYPERCALL(__HYPERVISOR_set_gdt, &frame, 512, 0, 0, 0), "set_gdt");
    extended(MMUEXT_UNPIN_TABLE, user_l4);
    taken = give_back(frame, gdt) + give_back(user_l4, guest_space_home.table[SPACE_USER_L4]);
    survived("%ld tables given back", taken);
}
HOSTILE(give_back_tables, give_back_tables);

/* update_descriptor may write memory, but not what was a page table until now and is still one to the processor. */
static void descriptor_into_live_table(void)
{
    uint64_t *l1 = pv_new_table();

    pv_make_table(l1);
    pv_write_entry(pv_walk(kernel_l4, 2ul << 39, 2), pte_of(l1, PTE_TABLE));
    survived("%ld", HYPERCALL(__HYPERVISOR_update_descriptor, machine_address(l1), 0x00cff3000000ffff, 0, 0, 0));
}
HOSTILE(descriptor_into_live_table, descriptor_into_live_table);
