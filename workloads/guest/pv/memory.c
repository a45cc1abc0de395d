/*
 * memory.c: the guest's memory and page tables under direct paging.
 *
 * The domain builder maps the beginning of the memory; the rest is added
 * here, so that virtual address = pseudo-physical address for all of it,
 * by 4 KiB pages as in full virtualization. A page table is mapped
 * read-only, and every change to it is a hypercall.
 */
#include "pv.h"

uint64_t *p2m;
uint64_t *kernel_l4;
static uint64_t frames; /* how many of the domain's frames we use */

#define MAX_FRAMES (64ul << 20 >> 12) /* the size of every pvbench guest */

static uint64_t direct_table[MAX_FRAMES / 512]; /* the machine addresses of the direct map's tables */

static bool mapped(uintptr_t address);

void pv_memory_early(void)
{
    p2m = (uint64_t *)start_info->mfn_list;
    kernel_l4 = (uint64_t *)start_info->pt_base;
    frames = start_info->nr_pages < MAX_FRAMES ? start_info->nr_pages : MAX_FRAMES;
    /* Behind the builder's page tables lies its boot stack, one page, and then padding of at least 512 KiB (xen/xen.h).
     */
    uintptr_t first = start_info->pt_base + (start_info->nr_pt_frames + 1) * PAGE_SIZE;
    uintptr_t end = first;
    while (end < frames * PAGE_SIZE && mapped(end))
        end += PAGE_SIZE;
    pages_init(first, end);
}

/* Only at start of day: the tables that are walked here are the builder's or new ones, all in the direct map. */
uintptr_t pv_page_of_frame(uint64_t frame)
{
    for (uint64_t i = start_info->pt_base / PAGE_SIZE; i < frames; i++)
        if (p2m[i] == frame)
            return i * PAGE_SIZE;
    for (uint64_t i = 0; i < start_info->pt_base / PAGE_SIZE && i < frames; i++)
        if (p2m[i] == frame)
            return i * PAGE_SIZE;
    guest_panic("machine frame 0x%lx is not in the p2m table", frame);
}

static uint64_t *slot_in(uint64_t *table, uint64_t address, int level)
{
    return &table[address >> (12 + 9 * (level - 1)) & 511];
}

static bool mapped(uintptr_t address)
{
    uint64_t *table = kernel_l4;
    for (int level = 4;; level--) {
        uint64_t entry = *slot_in(table, address, level);
        if (!(entry & PTE_PRESENT))
            return false;
        if (level == 1)
            return true;
        table = (uint64_t *)pv_page_of_frame((entry & PTE_FRAME) / PAGE_SIZE);
    }
}

void pv_write_entry(uint64_t *slot, uint64_t value)
{
    struct mmu_update update = {.ptr = machine_address(slot) | MMU_NORMAL_PT_UPDATE, .val = value};
    must(HYPERCALL(__HYPERVISOR_mmu_update, &update, 1, 0, DOMID_SELF, 0), "mmu_update");
}

uint64_t *pv_new_table(void)
{
    return memset(guest_page(), 0, PAGE_SIZE);
}

void pv_make_table(void *page)
{
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, page, pte_of(page, PTE_RO), UVMF_INVLPG, 0, 0),
         "making a page table read-only");
}

uint64_t *pv_walk(uint64_t *l4, uint64_t address, int to_level)
{
    uint64_t *table = l4;
    for (int level = 4; level > to_level; level--) {
        uint64_t *slot = slot_in(table, address, level);
        if (*slot & PTE_PRESENT) {
            table = (uint64_t *)pv_page_of_frame((*slot & PTE_FRAME) / PAGE_SIZE);
            continue;
        }
        table = pv_new_table();
        pv_make_table(table);
        pv_write_entry(slot, pte_of(table, PTE_TABLE));
    }
    return slot_in(table, address, to_level);
}

/* One table of the direct map: made whole while it is still an ordinary page, then hung in. */
static void map_directly(uintptr_t start, uintptr_t end)
{
    uint64_t *l2_slot = pv_walk(kernel_l4, start, 2);
    if (!(*l2_slot & PTE_PRESENT)) {
        uint64_t *l1 = pv_new_table();
        for (uintptr_t a = start; a < end; a += PAGE_SIZE)
            l1[a / PAGE_SIZE % 512] = pte_of((void *)a, PTE_RW);
        pv_make_table(l1);
        pv_write_entry(l2_slot, pte_of(l1, PTE_TABLE));
        direct_table[start / PAGE_SIZE / 512] = machine_address(l1);
        return;
    }
    uint64_t *l1 = (uint64_t *)pv_page_of_frame((*l2_slot & PTE_FRAME) / PAGE_SIZE);
    direct_table[start / PAGE_SIZE / 512] = machine_address(l1);
    for (uintptr_t a = start; a < end; a += PAGE_SIZE)
        if (!(l1[a / PAGE_SIZE % 512] & PTE_PRESENT))
            pv_write_entry(&l1[a / PAGE_SIZE % 512], pte_of((void *)a, PTE_RW));
}

uint64_t direct_slot(const void *page)
{
    uintptr_t number = (uintptr_t)page / PAGE_SIZE;
    return direct_table[number / 512] + number % 512 * sizeof(uint64_t);
}

void pv_direct_addresses(void (*change)(uint64_t *address, unsigned count))
{
    change(direct_table, sizeof(direct_table) / sizeof(direct_table[0]));
}

void pv_memory_init(void)
{
    const uintptr_t span = 512 * PAGE_SIZE, end = frames * PAGE_SIZE;
    for (uintptr_t start = 0; start < end; start += span)
        map_directly(start, start + span < end ? start + span : end);
    pages_extend(end);
    /* So that a NULL pointer is seen. */
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, 0, 0, UVMF_INVLPG, 0, 0), "unmapping page 0");
}
