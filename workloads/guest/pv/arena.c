/*
 * arena.c: pages that are mapped and unmapped by hand. A page-table entry
 * is changed by mmu_update, one hypercall for as many as stand together.
 */
#include "pv.h"

#define ARENA_TABLES (ARENA_PAGES / 512)

static uint64_t table_address[ARENA_TABLES]; /* of the page tables, as mmu_update wants it */
static volatile uint64_t *tables[ARENA_TABLES];

static uint64_t slot_address(unsigned index)
{
    return table_address[index / 512] + index % 512 * sizeof(uint64_t);
}

static uint64_t entry_of(const void *page, enum protection protection)
{
    static const uint64_t flags[] = {[READ_ONLY] = PTE_RO, [READ_WRITE] = PTE_RW};
    return protection == NO_ACCESS ? 0 : pte_of(page, flags[protection]);
}

void pv_arena_init(void)
{
    for (unsigned i = 0; i < ARENA_TABLES; i++) {
        tables[i] = pv_walk(kernel_l4, ARENA_BASE + i * 512 * PAGE_SIZE, 1);
        table_address[i] = machine_address((const void *)tables[i]);
    }
}

void pv_arena_addresses(void (*change)(uint64_t *address, unsigned count))
{
    change(table_address, ARENA_TABLES);
}

void guest_arena_set(unsigned index, const void *page, enum protection protection)
{
    struct mmu_update update = {
        .ptr = slot_address(index) | MMU_NORMAL_PT_UPDATE,
        .val = entry_of(page, protection),
    };
    must(HYPERCALL(__HYPERVISOR_mmu_update, &update, 1, 0, DOMID_SELF, 0), "mmu_update");
}

const char *guest_no_arena_store(void)
{
    return HYPERCALL2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables)
               ? "this hypervisor carries out no stores into page tables (vm_assist)"
               : NULL;
}

void guest_arena_store(unsigned index, const void *page, enum protection protection)
{
    tables[index / 512][index % 512] = entry_of(page, protection);
}

void guest_arena_set_many(unsigned first, unsigned count, const void *page, enum protection protection)
{
    static struct mmu_update updates[ARENA_BATCH_MAX];
    uint64_t entry = entry_of(page, protection);
    for (unsigned i = 0; i < count; i++) {
        updates[i].ptr = slot_address(first + i) | MMU_NORMAL_PT_UPDATE;
        updates[i].val = entry;
    }
    must(HYPERCALL(__HYPERVISOR_mmu_update, updates, count, 0, DOMID_SELF, 0), "mmu_update");
}

void guest_arena_clear(void)
{
    for (unsigned i = 0; i < ARENA_PAGES; i += ARENA_BATCH_MAX)
        guest_arena_set_many(i, ARENA_BATCH_MAX, NULL, NO_ACCESS);
    struct mmuext_op flush = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};
    must(HYPERCALL(__HYPERVISOR_mmuext_op, &flush, 1, 0, DOMID_SELF, 0), "flushing the TLB");
}

void guest_flush_page(const volatile void *address)
{
    struct mmuext_op flush = {.cmd = MMUEXT_INVLPG_LOCAL, .arg1.linear_addr = (unsigned long)address};
    must(HYPERCALL(__HYPERVISOR_mmuext_op, &flush, 1, 0, DOMID_SELF, 0), "invlpg");
}
