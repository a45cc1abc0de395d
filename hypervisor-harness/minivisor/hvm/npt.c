/*
 * npt.c: guest-physical memory through nested page tables (AMD APM vol. 2,
 * 15.25), and the way from a guest's virtual address to its bytes.
 *
 * Memory is backed from the start, with 2 MiB pages; a large page is split
 * when the balloon takes a hole into it.
 */
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "memory.h"

/* Nested entries are user entries: the guest's accesses count as such (15.25.5). */
#define NESTED (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)

static u64 *small_table(u64 gfn)
{
    return phys_to_virt(guest.hvm.npt.tables + (gfn >> 9 << PAGE_SHIFT));
}

/* The 4 KiB pages around gfn, from `first` on, as far as the guest has memory. */
static void make_small(u64 gfn, u64 first)
{
    u64 start = gfn & ~511ull, *table = small_table(gfn), *l2 = guest.hvm.npt.l2;

    for (u64 i = 0; i < 512 && start + i < guest.pages; i++)
        table[i] = (first + (i << PAGE_SHIFT)) | NESTED;
    l2[gfn >> 9] = virt_to_phys(table) | NESTED;
}

/* Where frames of the hypervisor's can be seen by the guest: 2 MiB in the fourth GiB. */
static void make_window(u64 *l3)
{
    u64 l2 = allocate_frames(1), l1 = allocate_frames(1);

    l3[NPT_WINDOW >> 30] = l2 | NESTED;
    ((u64 *)phys_to_virt(l2))[(NPT_WINDOW >> 21) & 511] = l1 | NESTED;
    guest.hvm.npt.window = phys_to_virt(l1);
}

u64 npt_init(void)
{
    u64 l4 = allocate_frames(1), l3 = allocate_frames(1);

    guest.hvm.npt.l2 = phys_to_virt(allocate_frames(1));
    *(u64 *)phys_to_virt(l4) = l3 | NESTED;
    *(u64 *)phys_to_virt(l3) = virt_to_phys(guest.hvm.npt.l2) | NESTED;
    guest.hvm.npt.tables = allocate_frames((guest.pages + 511) >> 9);
    for (u64 i = 0; i < guest.pages >> 9; i++)
        guest.hvm.npt.l2[i] = ((guest.first_frame << PAGE_SHIFT) + (i << 21)) | NESTED | PTE_PS;
    if (guest.pages & 511) /* an odd number of MiB */
        make_small(guest.pages, (guest.first_frame + (guest.pages & ~511ull)) << PAGE_SHIFT);
    make_window(phys_to_virt(l3));
    return l4;
}

bool npt_show(u64 gfn, u64 frame)
{
    if (gfn >> 9 != NPT_WINDOW >> 21)
        return false;
    guest.hvm.npt.window[gfn & 511] = (frame << PAGE_SHIFT) | NESTED;
    this_vmcb()->tlb_control = TLB_FLUSH_ALL;
    this_hvm()->work.flush = true;
    return true;
}

void npt_map(u64 gfn, u64 frame)
{
    if (guest.hvm.npt.l2[gfn >> 9] & PTE_PS)
        make_small(gfn, guest.hvm.npt.l2[gfn >> 9] & PTE_FRAME);
    small_table(gfn)[gfn & 511] = frame ? (frame << PAGE_SHIFT) | NESTED : 0;
    this_vmcb()->tlb_control = TLB_FLUSH_ALL;
    this_hvm()->work.flush = true;
}

u64 npt_frame(u64 gfn)
{
    u64 entry;

    if (gfn >= guest.pages)
        return 0;
    entry = guest.hvm.npt.l2[gfn >> 9];
    if (entry & PTE_PS)
        return ((entry & PTE_FRAME) >> PAGE_SHIFT) + (gfn & 511);
    entry = small_table(gfn)[gfn & 511];
    return entry & PTE_P ? (entry & PTE_FRAME) >> PAGE_SHIFT : 0;
}

void *guest_physical(u64 gpa, u64 size)
{
    u64 frame = npt_frame(gpa >> PAGE_SHIFT);

    if (!frame || (gpa & ~PAGE_MASK) + size > PAGE_SIZE)
        return NULL;
    return phys_to_virt((frame << PAGE_SHIFT) + (gpa & ~PAGE_MASK));
}

/*
 * Walks the guest's own tables, which it may have written as it likes: each
 * step stays inside its memory. Rights are not looked at: what is read and
 * written here is the guest's, at its wish.
 */
static bool translate(u64 va, u64 *gpa)
{
    u64 table = this_vmcb()->cr3 & PTE_FRAME;

    if (!(this_vmcb()->cr0 & CR0_PG)) {
        *gpa = (u32)va;
        return true;
    }
    /* Only flat and long mode call; the walk is one of four levels, and looks at no bit that it does not check. */
    if (!(this_vmcb()->efer & EFER_LMA) || (this_vmcb()->cr4 & CR4_LA57) || !is_canonical(va))
        return false;
    for (unsigned int level = 4; level; level--) {
        unsigned int shift = 3 + 9 * level;
        const u64 *entry = guest_physical(table + ((va >> shift) & 511) * 8, 8);

        if (!entry || !(*entry & PTE_P))
            return false;
        table = *entry & PTE_FRAME;
        if (level == 1 || (level < 4 && (*entry & PTE_PS))) {
            u64 mask = (1ull << shift) - 1;

            *gpa = (table & ~mask) | (va & mask);
            return true;
        }
    }
    return false;
}

static bool copy(u8 *to_host, const u8 *from_host, u64 va, u64 size)
{
    if (va + size <= va) /* neither around the end of all addresses nor up to it, for what follows in a list */
        return false;
    while (size) {
        u64 here = MIN(size, PAGE_SIZE - (va & ~PAGE_MASK)), gpa;
        u8 *p;

        if (!translate(va, &gpa))
            return false;
        p = guest_physical(gpa, here);
        if (!p)
            return false;
        if (to_host) {
            memcpy(to_host, p, here);
            to_host += here;
        } else {
            memcpy(p, from_host, here);
            from_host += here;
        }
        va += here;
        size -= here;
    }
    return true;
}

bool guest_read(void *to, u64 va, u64 size)
{
    return copy(to, NULL, va, size);
}

bool guest_write(u64 va, const void *from, u64 size)
{
    return copy(NULL, from, va, size);
}
