/*
 * memory.c: the guest's memory and page tables in full virtualization.
 *
 * The entry code has mapped 64 MiB by 4 KiB pages, virtual = physical
 * address. Everything has the shape it has in the PV guest, with plain
 * stores for hypercalls.
 */
#include "hvm.h"

#define MAX_MEMORY (64ul << 20)

_Static_assert(sizeof(struct hvm_start_info) == 56, "xen/arch-x86/hvm/start_info.h");
_Static_assert(sizeof(struct hvm_memmap_table_entry) == 24, "xen/arch-x86/hvm/start_info.h");

/* What the loader left behind the image: never allocate over it. Its own structures may lie anywhere. */
static void keep(uintptr_t *first, uint64_t start, uint64_t size)
{
    if (start < MAX_MEMORY && start + size > *first && start < *first + (4ul << 20))
        *first = start + size;
}

void hvm_memory_init(const struct hvm_start_info *info)
{
    uintptr_t first = (uintptr_t)image_end, end = MAX_MEMORY;
    keep(&first, (uintptr_t)info, sizeof(*info));
    keep(&first, info->cmdline_paddr, PAGE_SIZE);
    if (info->version >= 1 && info->memmap_entries) {
        const struct hvm_memmap_table_entry *map = (void *)info->memmap_paddr;
        keep(&first, info->memmap_paddr, info->memmap_entries * sizeof(*map));
        for (uint32_t i = 0; i < info->memmap_entries; i++)
            if (map[i].type == XEN_HVM_MEMMAP_TYPE_RAM && map[i].addr <= (uintptr_t)image_start &&
                map[i].addr + map[i].size > (uintptr_t)image_end && map[i].addr + map[i].size < end)
                end = map[i].addr + map[i].size;
    }
    pages_init(first, end);
}

uint64_t *hvm_walk(uint64_t *l4, uint64_t address)
{
    uint64_t *table = l4;
    for (int level = 4; level > 1; level--) {
        uint64_t *slot = &table[address >> (12 + 9 * (level - 1)) & 511];
        if (!(*slot & PTE_PRESENT))
            *slot = (uintptr_t)memset(guest_page(), 0, PAGE_SIZE) | PTE_TABLE;
        table = (uint64_t *)(*slot & PTE_FRAME);
    }
    return &table[address / PAGE_SIZE % 512];
}

/* For what lies outside the direct map: ACPI tables, the APIC. */
void hvm_map_identity(uint64_t address, uint64_t flags)
{
    uint64_t *slot = hvm_walk(kernel_l4, address);
    if (!(*slot & PTE_PRESENT))
        *slot = (address & PTE_FRAME) | flags;
}

/* Loaders leave their structures in page 0 too; once they are read it is unmapped, so that a NULL pointer is seen. */
void hvm_forget_loader(void)
{
    *hvm_walk(kernel_l4, 0) = 0;
    asm volatile("invlpg (%0)" : : "r"(0ul) : "memory");
}
