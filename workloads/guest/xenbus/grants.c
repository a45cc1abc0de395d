/*
 * grants.c: pages that another domain may map: entries of the grant table, version 1 (xen/grant_table.h), of
 * which one frame is more than the drivers need.
 */
#include "xenbus.h"

enum { NAMES = PAGE_SIZE / sizeof(struct grant_entry_v1) };

static volatile struct grant_entry_v1 *entries;
static grant_name free_names[NAMES];
static unsigned free_count;

grant_name lasting_grants[(64ul << 20) / PAGE_SIZE];
static const void *granted[NAMES]; /* the pages of those that last */
static unsigned lasting;

void grants_init(struct grant_entry_v1 *table)
{
    entries = table;
    for (unsigned name = NAMES - 1; name >= GNTTAB_NR_RESERVED_ENTRIES; name--)
        free_names[free_count++] = (grant_name)name;
}

grant_name grant_page(uint16_t domain, const void *page)
{
    if (!free_count)
        guest_panic("all %u grants are in use", NAMES - GNTTAB_NR_RESERVED_ENTRIES);
    const grant_name name = free_names[--free_count];
    entries[name].frame = (uint32_t)xen_frame(page);
    entries[name].domid = domain;
    asm volatile("" : : : "memory"); /* the flags last */
    entries[name].flags = GTF_permit_access;
    return name;
}

void grant_end(grant_name name)
{
    uint16_t expected = GTF_permit_access; /* and not in use: at once, since it may be mapped at any moment */
    if (!__atomic_compare_exchange_n(&entries[name].flags, &expected, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        guest_panic("the back end still has grant %u mapped: flags 0x%x", name, expected);
    free_names[free_count++] = name;
}

grant_name grant_new_lasting(uint16_t domain, const void *page)
{
    const grant_name name = grant_page(domain, page);
    lasting_grants[(uintptr_t)page / PAGE_SIZE] = name;
    granted[lasting++] = page;
    return name;
}

void grants_end_lasting(void)
{
    while (lasting) {
        grant_name *name = &lasting_grants[(uintptr_t)granted[--lasting] / PAGE_SIZE];
        grant_end(*name);
        *name = 0;
    }
}
