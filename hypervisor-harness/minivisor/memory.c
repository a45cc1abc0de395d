/*
 * memory.c: machine memory, and the page tables of the hypervisor's slots.
 */
#include "memory.h"
#include "cpu.h"
#include "guest.h"

/* The computer has one memory, whoever the frames are given to; the hypervisor's slots are the same for all. */
struct page_info *page_infos;
u64 frame_count;
u64 hypervisor_cr3;

static u64 next_free, free_end; /* physical; what is not handed out yet */
static u64 *hypervisor_l4;

extern u64 boot_l4[];

void *memcpy(void *to, const void *from, size_t size)
{
    void *result = to;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return result;
}

void copy_large(void *to, const void *from, size_t size)
{
    size_t words = size / 8;

    size %= 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    if (size)
        memcpy(to, from, size);
}

void *memset(void *to, int value, size_t size)
{
    void *result = to;

    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
    return result;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const u8 *p = a, *q = b;

    for (; size; size--, p++, q++)
        if (*p != *q)
            return *p < *q ? -1 : 1;
    return 0;
}

void clear_page(void *page)
{
    size_t words = PAGE_SIZE / 8;

    __asm__ volatile("rep stosq" : "+D"(page), "+c"(words) : "a"(0) : "memory");
}

u64 allocate_frames(u64 count)
{
    u64 result = next_free;

    if (free_end - next_free < count * PAGE_SIZE)
        panic("out of memory: %lu pages wanted", count);
    next_free += count * PAGE_SIZE;
    for (u64 i = 0; i < count; i++)
        clear_page(phys_to_virt(result + i * PAGE_SIZE));
    return result;
}

u64 allocate_guest_memory(u64 pages)
{
    const u64 align = 0x200000; /* so that nested page tables can use 2 MiB pages */

    if (free_end < pages * PAGE_SIZE || ((free_end - pages * PAGE_SIZE) & ~(align - 1)) < next_free)
        panic("this machine's memory is too small for a guest of %lu MiB", pages >> 8);
    free_end = (free_end - pages * PAGE_SIZE) & ~(align - 1);
    for (u64 i = 0; i < pages; i++) {
        clear_page(phys_to_virt(free_end + i * PAGE_SIZE));
        page_infos[(free_end >> PAGE_SHIFT) + i].owner = OWNER_GUEST;
    }
    return free_end;
}

/* The table below entry `index`, made if there is none. */
static u64 *lower_table(u64 *table, unsigned int index, u64 flags)
{
    if (!(table[index] & PTE_P))
        table[index] = allocate_frames(1) | PTE_P | PTE_W | flags;
    return phys_to_virt(table[index] & PTE_FRAME);
}

void map_hypervisor_page(u64 va, u64 pa, u64 flags)
{
    u64 *l3 = lower_table(hypervisor_l4, (va >> 39) & 511, flags & PTE_U);
    u64 *l2 = lower_table(l3, (va >> 30) & 511, flags & PTE_U);
    u64 *l1 = lower_table(l2, (va >> 21) & 511, flags & PTE_U);

    l1[(va >> 12) & 511] = pa | flags;
    invlpg(va);
}

u64 *hypervisor_l2_slot(u64 va)
{
    u64 *l3 = lower_table(hypervisor_l4, (va >> 39) & 511, 0);

    return lower_table(l3, (va >> 30) & 511, 0) + ((va >> 21) & 511);
}

void fill_hypervisor_slots(u64 *l4)
{
    for (unsigned int i = HV_FIRST_SLOT; i <= HV_LAST_SLOT; i++)
        l4[i] = hypervisor_l4[i];
}

void memory_init(u64 first_free, u64 end)
{
    u64 info_bytes;

    next_free = (first_free + PAGE_SIZE - 1) & PAGE_MASK;
    free_end = MIN(end, MAX_PHYS) & PAGE_MASK;
    if (next_free >= free_end)
        panic("no memory above the images");
    frame_count = free_end >> PAGE_SHIFT;
    info_bytes = frame_count * sizeof(struct page_info);
    page_infos = phys_to_virt(allocate_frames((info_bytes + PAGE_SIZE - 1) >> PAGE_SHIFT));

    /* The final tables: the boot ones without the identity mapping. */
    hypervisor_cr3 = allocate_frames(1);
    hypervisor_l4 = phys_to_virt(hypervisor_cr3);
    hypervisor_l4[(DIRECT_BASE >> 39) & 511] = boot_l4[(DIRECT_BASE >> 39) & 511];
    /* Slots that all address spaces share must exist before the first is made. */
    lower_table(hypervisor_l4, (M2P_BASE >> 39) & 511, PTE_U);
    lower_table(hypervisor_l4, (GDT_BASE >> 39) & 511, 0);
    write_cr3(hypervisor_cr3);
}
