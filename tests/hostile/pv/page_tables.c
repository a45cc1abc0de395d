/* Page tables: what would give a guest power over memory that is not its own. */
#include "../hostile.h"
#include "pv/pv.h"

static long set_arena(unsigned index, uint64_t entry)
{
    return HYPERCALL(__HYPERVISOR_update_va_mapping, arena_page(index), entry, UVMF_INVLPG, 0, 0);
}

static long extended(unsigned cmd, uint64_t frame)
{
    struct mmuext_op op = {.cmd = cmd, .arg1.mfn = frame};

    return HYPERCALL(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF, 0);
}

static void map_page_table_writable(void)
{
    survived("%ld", set_arena(0, pte_of(kernel_l4, PTE_RW)));
}
HOSTILE(map_page_table_writable, map_page_table_writable);

static void map_foreign_frame(void)
{
    survived("%ld", set_arena(0, (HYPERVISOR_ADDRESS & 0xffffffff) | PTE_RW));
}
HOSTILE(map_foreign_frame, map_foreign_frame);

static void map_foreign_frame_read_only(void)
{
    survived("%ld", set_arena(0, (HYPERVISOR_ADDRESS & 0xffffffff) | PTE_RO));
}
HOSTILE(map_foreign_frame_ro, map_foreign_frame_read_only);

static void map_beyond_memory(void)
{
    survived("%ld", set_arena(0, 0xfee00000 | PTE_RW));
}
HOSTILE(map_local_apic, map_beyond_memory);

static void load_bad_cr3(void)
{
    survived("%ld", extended(MMUEXT_NEW_BASEPTR, machine_frame(guest_page())));
}
HOSTILE(load_bad_cr3, load_bad_cr3);

static void load_foreign_cr3(void)
{
    survived("%ld", extended(MMUEXT_NEW_BASEPTR, 1));
}
HOSTILE(load_foreign_cr3, load_foreign_cr3);

/* A page that is no table any more in name is still one while it is in use. */
static void unpin_in_use(void)
{
    long unpinned = extended(MMUEXT_UNPIN_TABLE, machine_frame(kernel_l4));

    print("hostile: unpinned: %ld\n", unpinned);
    survived("%ld", set_arena(0, pte_of(kernel_l4, PTE_RW)));
}
HOSTILE(unpin_in_use, unpin_in_use);

static void unpin_twice(void)
{
    long first = extended(MMUEXT_UNPIN_TABLE, machine_frame(kernel_l4));

    survived("%ld then %ld", first, extended(MMUEXT_UNPIN_TABLE, machine_frame(kernel_l4)));
}
HOSTILE(unpin_twice, unpin_twice);

static void large_page(void)
{
    uint64_t *l2 = pv_new_table();

    l2[0] = pte_of(guest_page(), PTE_RW | 0x80);
    pv_make_table(l2);
    survived("%ld", extended(MMUEXT_PIN_L2_TABLE, machine_frame(l2)));
}
HOSTILE(large_page, large_page);

static void table_maps_itself(void)
{
    uint64_t *l1 = pv_new_table();

    l1[0] = pte_of(l1, PTE_RW);
    pv_make_table(l1);
    survived("%ld", extended(MMUEXT_PIN_L1_TABLE, machine_frame(l1)));
}
HOSTILE(table_maps_itself, table_maps_itself);

static void linear_table(void)
{
    uint64_t *l4 = pv_new_table();

    l4[0] = pte_of(l4, PTE_RW);
    pv_make_table(l4);
    survived("%ld", extended(MMUEXT_PIN_L4_TABLE, machine_frame(l4)));
}
HOSTILE(linear_table, linear_table);

static void pin_while_writable(void)
{
    survived("%ld", extended(MMUEXT_PIN_L1_TABLE, machine_frame(guest_page())));
}
HOSTILE(pin_while_writable, pin_while_writable);

static void write_hypervisor_slot(void)
{
    pv_write_entry(&kernel_l4[262], 0);
    survived("0");
}
HOSTILE(write_hypervisor_slot, write_hypervisor_slot);

static void update_foreign_table(void)
{
    struct mmu_update update = {.ptr = HYPERVISOR_ADDRESS & 0xffffffff, .val = 0};

    survived("%ld", HYPERCALL(__HYPERVISOR_mmu_update, &update, 1, 0, DOMID_SELF, 0));
}
HOSTILE(update_foreign_table, update_foreign_table);

static void write_page_table_directly(void)
{
    kernel_l4[0] = 0;
    survived("0");
}
HOSTILE(write_page_table, write_page_table_directly);

/*
 * Makes a page a page table while the TLB still holds it writable: the
 * entry was made read-only without a flush.
 */
static void stale_tlb_entry(void)
{
    uint64_t *page = guest_page();
    volatile uint64_t *alias = (volatile uint64_t *)arena_page(0);
    struct mmu_update update;

    memset(page, 0, PAGE_SIZE);
    set_arena(0, pte_of(page, PTE_RW));
    *alias = 0; /* now in the TLB, writable and dirty */
    HYPERCALL(__HYPERVISOR_update_va_mapping, arena_page(0), pte_of(page, PTE_RO), UVMF_NONE, 0, 0);
    pv_make_table(page);
    update = (struct mmu_update){.ptr = direct_slot(page), .val = pte_of(page, PTE_RO)};
    HYPERCALL(__HYPERVISOR_mmu_update, &update, 1, 0, DOMID_SELF, 0);
    print("hostile: pinned: %ld\n", extended(MMUEXT_PIN_L1_TABLE, machine_frame(page)));
    *alias = 0x100007; /* must fault */
    survived("wrote a page table through a stale entry");
}
HOSTILE(stale_tlb_entry, stale_tlb_entry);

/* Gives back a page that is still mapped: it stays the guest's. */
static void give_back_mapped_page(void)
{
    uint64_t frame = machine_frame(guest_page());
    struct {
        uint64_t *list;
        uint64_t count;
        uint32_t order, flags;
        uint16_t domain;
    } reservation = {&frame, 1, 0, 0, DOMID_SELF};

    survived("%ld", HYPERCALL(__HYPERVISOR_memory_op, 1, &reservation, 0, 0, 0));
}
HOSTILE(give_back_mapped_page, give_back_mapped_page);
