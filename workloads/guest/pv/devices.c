/*
 * devices.c: where a PV guest finds grants and store: the table is mapped over a page of its own by the frame that Xen
 * says, and the store's page is in the start info.
 */
#include "../xenbus/xenbus.h"
#include "pv.h"

static uint8_t table[PAGE_SIZE] __attribute__((aligned(4096)));

uint64_t xen_frame(const void *page)
{
    return machine_frame(page);
}

struct grant_entry_v1 *xen_map_grants(void)
{
    xen_pfn_t frame = 0;
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};
    set_xen_guest_handle(setup.frame_list, &frame);
    if (HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1, 0, 0) || setup.status != GNTST_okay)
        return NULL;
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, table, frame * PAGE_SIZE | PTE_RW, UVMF_INVLPG, 0, 0),
         "mapping the grant table");
    return (void *)table;
}

void pv_forget_grants(void)
{
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, table, 0, UVMF_INVLPG, 0, 0), "unmapping the grant table");
}

volatile void *xen_map_store(evtchn_port_t *port)
{
    *port = start_info->store_evtchn;
    return start_info->store_mfn ? (void *)pv_page_of_frame(start_info->store_mfn) : NULL;
}
