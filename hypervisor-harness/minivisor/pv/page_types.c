/*
 * page_types.c: why a PV guest can do no harm with page tables of its own.
 *
 * The guest's page tables are the ones that the processor walks. They are
 * safe because each of the guest's frames is used as one thing at a time:
 * a page table of one level, a descriptor table, or writable memory. A
 * frame becomes a page table only when each of its entries is allowed, and
 * while it is one it has no writable mapping, so each later change comes
 * through mmu.c and is checked as well. (The scheme is Xen's: Barham et
 * al., SOSP 2003, 3.3.3.)
 *
 * A frame that changes its use may still have its old one in the TLB: the
 * change flushes it.
 */
#include "guest.h"
#include "pv.h"
#include "timer.h"

/*
 * What of an entry stands as the guest wrote it (AMD APM vol. 2, 5.4.1): all
 * but G, since global entries would survive the flushes above. U is set in
 * any case: the guest's kernel runs in ring 3 too. Of the frame's bits only
 * those pass that name one of the guest's, and PS is refused above level 1,
 * so no bit that the processor reserves gets in.
 */
#define ENTRY_CHOSEN (~PTE_G)
_Static_assert(MAX_PHYS - PAGE_SIZE <= PTE_FRAME && PTE_FRAME < PTE_NX, "page tables: the frame's bits");
_Static_assert((ENTRY_CHOSEN & (PTE_P | PTE_W | PTE_PS | PTE_G)) == (PTE_P | PTE_W | PTE_PS),
               "page tables: what is checked is what stands there");

const char *page_type_name(unsigned int type)
{
    static const char *const names[] = {"nothing",     "an L1 table",        "an L2 table",    "an L3 table",
                                        "an L4 table", "a descriptor table", "writable memory"};

    return names[type];
}

static void validate_table(u64 frame, unsigned int level);
static void release_table(u64 frame, unsigned int level);

static void require_own(u64 frame)
{
    if (!frame_is_guests(frame))
        kill_guest("page tables: frame %lx is not the guest's own", frame);
}

void get_page_type(u64 frame, enum page_type type)
{
    struct page_info *page;

    require_own(frame);
    page = &page_infos[frame];
    if (page->type_references == 0) {
        if (page->last_type != TYPE_NONE && page->last_type != type)
            write_cr3(read_cr3());
        page->type = page->last_type = (u8)type;
        page->type_references = 1;
        if (type <= TYPE_L4)
            validate_table(frame, type);
        else if (type == TYPE_DESCRIPTORS)
            validate_descriptors(frame);
        return;
    }
    if (page->type != type)
        kill_guest("page tables: frame %lx is %s and cannot become %s", frame, page_type_name(page->type),
                   page_type_name(type));
    page->type_references++;
}

void put_page_type(u64 frame)
{
    struct page_info *page = &page_infos[frame];

    if (--page->type_references)
        return;
    if (page->type <= TYPE_L4)
        release_table(frame, page->type);
    page->type = TYPE_NONE;
}

void hold_frame(u64 frame, enum page_type type)
{
    get_page_type(frame, type);
    page_infos[frame].references++;
}

void release_frame(u64 frame)
{
    page_infos[frame].references--;
    put_page_type(frame);
}

/* An entry becomes part of a table: checks it, counts it, returns it as it is to stand there. */
u64 take_entry(unsigned int level, u64 entry)
{
    u64 frame = (entry & PTE_FRAME) >> PAGE_SHIFT;

    if (!(entry & PTE_P))
        return entry;
    entry = (entry | PTE_U) & ENTRY_CHOSEN;
    if (level > 1) {
        if (entry & PTE_PS)
            kill_guest("page tables: a large page at level %u", level);
        get_page_type(frame, (enum page_type)(level - 1));
        page_infos[frame].references++;
        return entry;
    }
    if (frame < frame_count && page_infos[frame].owner == OWNER_SHARED) {
        page_infos[frame].references++;
        return entry;
    }
    if (entry & PTE_W)
        get_page_type(frame, TYPE_WRITABLE);
    else
        require_own(frame);
    page_infos[frame].references++;
    return entry;
}

/* An entry leaves a table. */
void drop_entry(unsigned int level, u64 entry)
{
    u64 frame = (entry & PTE_FRAME) >> PAGE_SHIFT;

    if (!(entry & PTE_P))
        return;
    page_infos[frame].references--;
    if (page_infos[frame].owner == OWNER_SHARED)
        return;
    if (level > 1 || (entry & PTE_W))
        put_page_type(frame);
}

/* The level first, so that lower tables' entries 256 to 271 cost what their neighbours do. */
static bool is_hypervisors_slot(unsigned int level, unsigned int index)
{
    if (likely(level != 4))
        return false;
    return index >= HV_FIRST_SLOT && index <= HV_LAST_SLOT;
}

/* Tables of tables are long work: up to 512 L1 tables lie below one L2. */
static void long_work(unsigned int level)
{
    if (level > 1)
        interrupt_window();
}

static void validate_table(u64 frame, unsigned int level)
{
    u64 *table = frame_to_virt(frame);

    long_work(level);
    for (unsigned int i = 0; i < 512; i++)
        if ((table[i] & PTE_P) && !is_hypervisors_slot(level, i))
            table[i] = take_entry(level, table[i]);
    if (level == 4)
        fill_hypervisor_slots(table);
}

static void release_table(u64 frame, unsigned int level)
{
    u64 *table = frame_to_virt(frame);

    long_work(level);
    for (unsigned int i = 0; i < 512; i++)
        if (!is_hypervisors_slot(level, i))
            drop_entry(level, table[i]);
    /* Not for the guest's eyes once it can read the frame as memory. */
    if (level == 4)
        memset(table + HV_FIRST_SLOT, 0, (HV_LAST_SLOT - HV_FIRST_SLOT + 1) * 8);
}

void write_page_table(u64 frame, unsigned int index, u64 entry)
{
    unsigned int level = page_infos[frame].type;
    u64 *slot = (u64 *)frame_to_virt(frame) + index;
    u64 old = *slot;

    if (is_hypervisors_slot(level, index))
        kill_guest("page tables: slot %u of an L4 table is the hypervisor's", index);
    *slot = take_entry(level, entry);
    drop_entry(level, old);
}
