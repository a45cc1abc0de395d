/*
 * descriptors.c: the guest's own segments: set_gdt, update_descriptor,
 * set_segment_base.
 *
 * A descriptor table is dangerous like a page table, and is kept safe the
 * same way: its frames are of a type of their own, never writable to the
 * guest. Code and data segments are forced to ring 3; gates and task
 * segments are not offered.
 */
#include "guest.h"
#include "pv.h"
#include "user_copy.h"

#include <xen/errno.h>

#define DESCRIPTOR_PRESENT (1ull << 47)
#define DESCRIPTOR_SEGMENT (1ull << 44) /* code or data, not a gate */
#define DESCRIPTOR_DPL     (3ull << 45)
#define SELECTOR_RPL       3

/* AMD APM vol. 2, 4.7 and 4.8: these three decide what a descriptor is, whatever else stands in it. */
_Static_assert((DESCRIPTOR_PRESENT | DESCRIPTOR_DPL | DESCRIPTOR_SEGMENT) == 0xf0ull << 40, "descriptor: P, DPL, S");

static u64 checked_descriptor(u64 d)
{
    if (!(d & DESCRIPTOR_PRESENT))
        return d;
    if (!(d & DESCRIPTOR_SEGMENT))
        kill_guest("descriptor %lx: only code and data segments are allowed", d);
    return d | DESCRIPTOR_DPL;
}

void validate_descriptors(u64 frame)
{
    u64 *d = frame_to_virt(frame);

    for (unsigned int i = 0; i < 512; i++)
        d[i] = checked_descriptor(d[i]);
}

static void drop_gdt(void)
{
    for (unsigned int i = 0; i < this_pv()->gdt_pages; i++) {
        guest_gdt_page(i, 0);
        release_frame(this_pv()->gdt_frames[i]);
    }
    this_pv()->gdt_pages = 0;
}

/* In place of those of the one that has left. */
void pv_load_gdt(void)
{
    unsigned int pages = MAX(this_pv()->gdt_pages, guest.pv.gdt_pages_left);

    for (unsigned int i = 0; i < pages; i++)
        guest_gdt_page(i, i < this_pv()->gdt_pages ? this_pv()->gdt_frames[i] : 0);
}

long do_set_gdt(u64 list, u64 entries, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    u64 frames[GUEST_GDT_PAGES];
    unsigned int pages = (unsigned int)((entries + 511) / 512);

    (void)a3, (void)a4, (void)a5, (void)regs;
    if (entries > GUEST_GDT_PAGES * 512ull)
        return -XEN_EINVAL;
    if (!copy_from_guest(frames, list, pages * 8))
        return -XEN_EFAULT;
    for (unsigned int i = 0; i < pages; i++)
        hold_frame(frames[i], TYPE_DESCRIPTORS);
    drop_gdt();
    for (unsigned int i = 0; i < pages; i++) {
        this_pv()->gdt_frames[i] = frames[i];
        guest_gdt_page(i, frames[i]);
    }
    this_pv()->gdt_pages = pages;
    return 0;
}

long do_update_descriptor(u64 address, u64 descriptor, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    u64 frame = address >> PAGE_SHIFT;
    enum page_type type;

    (void)a3, (void)a4, (void)a5, (void)regs;
    if (address & 7)
        return -XEN_EINVAL;
    if (!frame_is_guests(frame))
        kill_guest("update_descriptor: frame %lx is not the guest's own", frame);
    if (page_infos[frame].type_references && page_infos[frame].type != TYPE_DESCRIPTORS &&
        page_infos[frame].type != TYPE_WRITABLE)
        kill_guest("update_descriptor: frame %lx is %s", frame, page_type_name(page_infos[frame].type));
    /* A frame that is nothing now may have been a page table, which the processor still remembers. */
    type = page_infos[frame].type_references ? (enum page_type)page_infos[frame].type : TYPE_WRITABLE;
    get_page_type(frame, type);
    *(u64 *)phys_to_virt(address) = checked_descriptor(descriptor);
    put_page_type(frame);
    return 0;
}

/*
 * Loads the selector as user mode's gs: its base lands where user mode's is kept. The processor checks it as one of
 * ring 3's, in the guest's own table, and one that it refuses becomes the null selector, as in Xen.
 */
static void load_user_gs(u16 selector)
{
    __asm__ volatile("swapgs" : : : "memory");
    __asm__ volatile goto("1: mov %0, %%gs\n"
                          ".pushsection .ex_table, \"a\"\n.quad 1b, %l[refused]\n.popsection"
                          :
                          : "r"((u32)selector)
                          : "memory"
                          : refused);
    __asm__ volatile("swapgs" : : : "memory");
    return;
refused:
    __asm__ volatile("mov %0, %%gs; swapgs" : : "r"(0) : "memory");
}

long do_set_segment_base(u64 which, u64 base, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a3, (void)a4, (void)a5, (void)regs;
    if (!is_canonical(base))
        return -XEN_EINVAL;
    switch (which) {
    case SEGBASE_FS:
        wrmsr(MSR_FS_BASE, base);
        return 0;
    case SEGBASE_GS_KERNEL: /* the kernel is running */
        wrmsr(MSR_GS_BASE, base);
        return 0;
    case SEGBASE_GS_USER:
        wrmsr(MSR_KERNEL_GS_BASE, base);
        return 0;
    case SEGBASE_GS_USER_SEL:
        load_user_gs((u16)base | SELECTOR_RPL);
        return 0;
    default:
        return -XEN_EINVAL;
    }
}
