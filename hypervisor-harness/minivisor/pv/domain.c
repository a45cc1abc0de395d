/*
 * domain.c: builds a Xen PV64 domain (xen/xen.h, "Start-of-day memory
 * layout") and enters it.
 *
 * From virt_base on, one after the other: the image, what is loaded beside
 * it (a kernel's archive), the list of machine frames, the start-info page, the store and console pages, the page
 * tables, the boot stack, and some free space up to a multiple of 4 MiB.
 * All of it is mapped by the tables, page tables read-only.
 */
#include "console.h"
#include "guest.h"
#include "image.h"
#include "pv.h"
#include "user_copy.h"
#include "xen_version.h"
#include "device/device.h"

#define LAYOUT_ALIGN 0x400000ull
#define FREE_SPACE   0x80000ull

noreturn void pv_enter(struct regs *regs);

struct layout {
    u64 base; /* virtual address of pseudo-physical frame 0 */
    u64 extra, p2m, start_info, store, console, tables, stack, end;
    u64 tables_count;
};

static u64 pages_for(u64 bytes)
{
    return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/* Machine frame behind a virtual address of the initial mapping. */
static u64 frame_at(const struct layout *layout, u64 va)
{
    return guest.first_frame + ((va - layout->base) >> PAGE_SHIFT);
}

static void *at(const struct layout *layout, u64 va)
{
    return (u8 *)frame_to_virt(frame_at(layout, va)) + (va & ~PAGE_MASK);
}

/* Tables needed to map [from, to): of each level, those that the range touches. */
static u64 count_tables(u64 from, u64 to)
{
    u64 count = 1;

    for (unsigned int shift = 21; shift <= 39; shift += 9)
        count += ((to - 1) >> shift) - (from >> shift) + 1;
    return count;
}

static void lay_out(struct layout *layout, const struct image *image)
{
    u64 va = (image->virt_base + image->end - image->paddr_offset + PAGE_SIZE - 1) & PAGE_MASK;

    layout->base = image->virt_base;
    layout->extra = va;
    layout->p2m = va + pages_for(image->extra.size) * PAGE_SIZE;
    layout->start_info = layout->p2m + pages_for(guest.pages * 8) * PAGE_SIZE;
    layout->store = layout->start_info + PAGE_SIZE;
    layout->console = layout->store + PAGE_SIZE;
    layout->tables = layout->console + PAGE_SIZE;
    layout->tables_count = 0;
    for (;;) { /* more tables may need more room, which may need more tables */
        u64 wanted;

        layout->stack = layout->tables + layout->tables_count * PAGE_SIZE;
        layout->end = (layout->stack + PAGE_SIZE + FREE_SPACE + LAYOUT_ALIGN - 1) & ~(LAYOUT_ALIGN - 1);
        wanted = count_tables(layout->base, layout->end);
        if (wanted == layout->tables_count)
            break;
        layout->tables_count = wanted;
    }
    if (layout->end < layout->base || !range_is_guests(layout->base, layout->end - layout->base))
        panic("the image's addresses, from %lx on, are not a guest's", layout->base);
    if (layout->end - layout->base > guest.pages * PAGE_SIZE)
        panic("the image needs %lu KiB, the guest has %lu KiB", (layout->end - layout->base) >> 10, guest.pages << 2);
}

static void load(const struct layout *layout, const struct image *image)
{
    for (unsigned int i = 0; i < image->segments; i++) {
        const struct image_segment *s = &image->segment[i];
        u64 offset = s->address - image->paddr_offset;

        if (s->address < image->paddr_offset || offset + s->memory_size > guest.pages * PAGE_SIZE)
            panic("segment %u lies outside the guest's memory", i);
        copy_large(at(layout, layout->base + offset), s->bytes, s->file_size);
    }
    copy_large(at(layout, layout->extra), image->extra.bytes, image->extra.size);
}

static void build_tables(const struct layout *layout)
{
    u64 next = layout->tables;
    u64 *l4 = at(layout, next);

    next += PAGE_SIZE;
    for (u64 va = layout->base; va < layout->end; va += PAGE_SIZE) {
        u64 *table = l4;
        bool is_table = va >= layout->tables && va < layout->stack;

        for (unsigned int level = 4; level > 1; level--) {
            u64 *entry = &table[(va >> (3 + 9 * level)) & 511];

            if (!*entry) {
                *entry = (frame_at(layout, next) << PAGE_SHIFT) | PTE_P | PTE_W | PTE_U | PTE_A;
                next += PAGE_SIZE;
            }
            table = phys_to_virt(*entry & PTE_FRAME);
        }
        table[(va >> 12) & 511] =
            (frame_at(layout, va) << PAGE_SHIFT) | PTE_P | PTE_U | PTE_A | PTE_D | (is_table ? 0 : PTE_W);
    }
    /* From here on the same rules as for any tables of the guest's. */
    this_pv()->kernel_l4 = frame_at(layout, layout->tables);
    hold_frame(this_pv()->kernel_l4, TYPE_L4);
    hold_frame(this_pv()->kernel_l4, TYPE_L4);
    page_infos[this_pv()->kernel_l4].pinned = 1;
    /* Read and written from outside for as long as the guest lives. */
    hold_frame(frame_at(layout, layout->console), TYPE_WRITABLE);
    hold_frame(frame_at(layout, layout->store), TYPE_WRITABLE);
}

/* The rest of the page is zeros: it ends there at the latest. */
static void put_line(struct start_info *si, const char *line)
{
    for (u64 i = 0; i < sizeof(si->cmd_line) - 1 && line[i]; i++)
        si->cmd_line[i] = line[i];
}

static void fill_start_info(const struct layout *layout, const struct image *image)
{
    struct start_info *si = at(layout, layout->start_info);
    u64 *p2m = at(layout, layout->p2m);

    for (u64 i = 0; i < guest.pages; i++) {
        p2m[i] = guest.first_frame + i;
        m2p[guest.first_frame + i] = i;
    }
    memcpy(si->magic, "xen-3.0-x86_64", 15);
    si->nr_pages = guest.pages;
    si->shared_info = virt_to_phys(guest.pv.shared_info);
    si->store_mfn = frame_at(layout, layout->store);
    si->store_evtchn = STORE_PORT;
    si->console.domU.mfn = frame_at(layout, layout->console);
    si->console.domU.evtchn = CONSOLE_PORT;
    si->pt_base = layout->tables;
    si->nr_pt_frames = layout->tables_count;
    si->mfn_list = layout->p2m;
    si->mod_start = image->extra.size ? layout->extra : 0;
    si->mod_len = image->extra.size;
    put_line(si, image->extra.line);
}

void pv_run(const struct image *image)
{
    struct layout layout;
    struct regs regs = {0};
    u64 page;

    this_pv()->in_kernel = true;
    lay_out(&layout, image);
    load(&layout, image);
    page = image->hypercall_page;
    if (page) {
        if ((page & ~PAGE_MASK) || page < layout.base || page >= layout.extra)
            panic("the hypercall page %lx is not inside the image", page);
        fill_hypercall_page(at(&layout, page));
    }
    m2p_init();
    events_init(frame_at(&layout, layout.console));
    build_tables(&layout);
    fill_start_info(&layout, image);
    devices_init(at(&layout, layout.store));

    write_cr3(this_pv()->kernel_l4 << PAGE_SHIFT);
    regs.rip = image->entry;
    regs.rsp = layout.stack + PAGE_SIZE;
    regs.rsi = layout.start_info;
    regs.cs = SEL_GUEST_CS;
    regs.ss = SEL_GUEST_SS;
    regs.rflags = RFLAGS_IF | RFLAGS_ALWAYS;
    *pv_regs() = regs;
    pv_enter(pv_regs());
}
