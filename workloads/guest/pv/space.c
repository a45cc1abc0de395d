/*
 * space.c: address spaces of a PV guest. Two roots each: the kernel's maps
 * the shared kernel part and the user part, the user's the user part alone.
 * The tables must be read-only before Xen accepts them; what an honest
 * kernel batches is batched: one multicall to pin, one to unpin, one
 * mmuext_op to switch.
 */
#include "pv.h"

void guest_space_build(struct guest_space *s)
{
    for (unsigned i = 0; i < SPACE_TABLES; i++)
        s->table[i] = pv_new_table();
    s->page = guest_page();
    s->table[SPACE_L1][0] = pte_of(s->page, PTE_RW | PTE_USER);
    s->table[SPACE_L2][0] = pte_of(s->table[SPACE_L1], PTE_TABLE);
    s->table[SPACE_L3][0] = pte_of(s->table[SPACE_L2], PTE_TABLE);
    s->table[SPACE_USER_L4][USER_SLOT] = pte_of(s->table[SPACE_L3], PTE_TABLE);
    s->table[SPACE_L4][USER_SLOT] = s->table[SPACE_USER_L4][USER_SLOT];
    s->table[SPACE_L4][0] = kernel_l4[0] & (PTE_FRAME | PTE_TABLE);
}

/* The kernel's own mappings of the tables: five entries of the direct map in one mmu_update. */
static void protect_tables(struct multicall_entry *call, struct mmu_update *updates, const struct guest_space *s,
                           uint64_t flags)
{
    for (unsigned i = 0; i < SPACE_TABLES; i++) {
        updates[i].ptr = direct_slot(s->table[i]) | MMU_NORMAL_PT_UPDATE;
        updates[i].val = pte_of(s->table[i], flags);
    }
    *call = (struct multicall_entry){
        .op = __HYPERVISOR_mmu_update,
        .args = {(unsigned long)updates, SPACE_TABLES, 0, DOMID_SELF},
    };
}

static void set_pins(struct multicall_entry *call, struct mmuext_op ops[2], const struct guest_space *s, unsigned cmd)
{
    ops[0] = (struct mmuext_op){.cmd = cmd, .arg1.mfn = machine_frame(s->table[SPACE_L4])};
    ops[1] = (struct mmuext_op){.cmd = cmd, .arg1.mfn = machine_frame(s->table[SPACE_USER_L4])};
    *call = (struct multicall_entry){
        .op = __HYPERVISOR_mmuext_op,
        .args = {(unsigned long)ops, 2, 0, DOMID_SELF},
    };
}

static void both(struct multicall_entry calls[2], const char *what)
{
    must(HYPERCALL2(__HYPERVISOR_multicall, calls, 2), what);
    must((long)calls[0].result, what);
    must((long)calls[1].result, what);
}

void guest_space_pin(const struct guest_space *s)
{
    struct mmu_update updates[SPACE_TABLES];
    struct mmuext_op ops[2];
    struct multicall_entry calls[2];
    protect_tables(&calls[0], updates, s, PTE_RO);
    set_pins(&calls[1], ops, s, MMUEXT_PIN_L4_TABLE);
    both(calls, "pinning an address space");
}

void guest_space_unpin(const struct guest_space *s)
{
    struct mmu_update updates[SPACE_TABLES];
    struct mmuext_op ops[2];
    struct multicall_entry calls[2];
    set_pins(&calls[0], ops, s, MMUEXT_UNPIN_TABLE);
    protect_tables(&calls[1], updates, s, PTE_RW);
    both(calls, "unpinning an address space");
}

void guest_space_switch(const struct guest_space *s)
{
    struct mmuext_op ops[2] = {
        {.cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = machine_frame(s->table[SPACE_L4])},
        {.cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = machine_frame(s->table[SPACE_USER_L4])},
    };
    must(HYPERCALL(__HYPERVISOR_mmuext_op, ops, 2, 0, DOMID_SELF, 0), "switching the address space");
}

void guest_space_free(struct guest_space *s)
{
    guest_page_free(s->page);
    for (unsigned i = SPACE_TABLES; i-- > 0;)
        guest_page_free(s->table[i]);
}
