/*
 * save.c: a PV guest that is suspended. Its memory comes back in other machine frames: the toolstack translates page
 * tables, the p2m table and the vCPU's registers, the guest what else it knows by machine address, to pseudo-physical
 * before and back behind. What Xen has mapped into it, the shared page and the grants, belongs to no page of its own
 * and is taken out first. Events and the timer's port are the old domain's (Xen, tools/libs/guest/xg_sr_save_x86_pv.c).
 */
#include "../xenbus/save.h"
#include "pv.h"
#include <xen/vcpu.h>

static uint64_t number_of(uint64_t frame)
{
    return ((const uint64_t *)MACH2PHYS_VIRT_START)[frame];
}

void pv_to_physical(uint64_t *address, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (address[i])
            address[i] = number_of(address[i] / PAGE_SIZE) * PAGE_SIZE;
}

void pv_to_machine(uint64_t *address, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (address[i])
            address[i] = p2m[address[i] / PAGE_SIZE] * PAGE_SIZE;
}

/* The p2m table by its virtual address, which a toolstack can follow through our page tables (xen/arch-x86/xen.h). */
static void tell_p2m(void)
{
    shared_info_page.arch.max_pfn = start_info->nr_pages;
    shared_info_page.arch.p2m_generation = 0;
    shared_info_page.arch.p2m_vaddr = (unsigned long)p2m;
    shared_info_page.arch.p2m_cr3 = machine_frame(kernel_l4) << 12;
}

void save_prepare(void)
{
    tell_p2m();
}

void save_announce(bool able)
{
    (void)able;
}

static void map_shared_page(uint64_t entry)
{
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, &shared_info_page, entry, UVMF_INVLPG, 0, 0),
         "mapping the shared page");
}

/* Xen looks for the start info's frame in the third argument. */
void save_suspend(void)
{
    struct sched_shutdown how = {.reason = SHUTDOWN_suspend};
    pv_forget_grants();
    map_shared_page(0);
    pv_arena_addresses(pv_to_physical);
    pv_direct_addresses(pv_to_physical);
    start_info->store_mfn = number_of(start_info->store_mfn);
    start_info->console.domU.mfn = number_of(start_info->console.domU.mfn);
    if (HYPERCALL(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &how, machine_frame(start_info), 0, 0))
        guest_panic("the suspension was called off");
    pv_direct_addresses(pv_to_machine);
    pv_arena_addresses(pv_to_machine);
    map_shared_page(start_info->shared_info | PTE_RW);
    tell_p2m();
    must(HYPERCALL(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0, 0, 0), "stopping the periodic timer");
    pv_console_init();
    pv_events_init();
    if (!xen_map_grants())
        guest_panic("there are no grants behind the restore");
}
