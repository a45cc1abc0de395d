/*
 * grants.c: the grant table (xen/grant_table.h), by which the guest says what
 * of its memory the back end may touch. The frames are the hypervisor's; what
 * stands in them is the guest's word, and looked at anew at each use: nothing is
 * mapped, so nothing has to be unmapped when a grant ends.
 *
 * There are as many as a guest takes for granted that cannot ask how many there
 * are: four (GNTTABOP_query_size came later).
 */
#include "device.h"
#include "guest.h"
#include "memory.h"

#include <xen/grant_table.h>

#define GRANTS          (GRANT_FRAMES * PAGE_SIZE / sizeof(struct grant_entry_v1))
#define BACK_END_DOMAIN 0

void grants_init(void)
{
    u64 address = allocate_frames(GRANT_FRAMES);

    for (unsigned int i = 0; i < GRANT_FRAMES; i++)
        page_infos[(address >> PAGE_SHIFT) + i].owner = OWNER_SHARED; /* to be mapped, and never a page table */
    guest.devices.grants = phys_to_virt(address);
}

u64 grants_frame(u64 index)
{
    return (virt_to_phys(guest.devices.grants) >> PAGE_SHIFT) + index;
}

void *granted_memory(u32 grant, bool to_write)
{
    struct grant_entry_v1 entry;

    if (grant >= GRANTS)
        return NULL;
    entry = guest.devices.grants[grant];
    if ((entry.flags & GTF_type_mask) != GTF_permit_access || entry.domid != BACK_END_DOMAIN)
        return NULL;
    if (to_write && (entry.flags & GTF_readonly))
        return NULL;
    return guest_memory(entry.frame);
}
