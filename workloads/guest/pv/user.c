/*
 * user.c: user mode. A PV64 kernel runs in ring 3 like its users, so Xen
 * keeps them apart by page tables: a user L4 of its own, which maps the user
 * part alone. The kernel's L4 maps both.
 */
#include "pv.h"

struct guest_space guest_space_home;
uint64_t user_rip = USER_BASE;
uint64_t user_rsp = USER_BASE + 2 * PAGE_SIZE;

void pv_user_init(void)
{
    uint8_t *code = memset(guest_page(), 0xcc, PAGE_SIZE);
    uint8_t *stack = memset(guest_page(), 0, PAGE_SIZE);
    code[0] = 0x0f, code[1] = 0x05; /* syscall */
    code[2] = 0xeb, code[3] = 0xfc; /* jmp back to it */

    pv_write_entry(pv_walk(kernel_l4, USER_BASE, 1), pte_of(code, PTE_RO | PTE_USER));
    pv_write_entry(pv_walk(kernel_l4, USER_BASE + PAGE_SIZE, 1), pte_of(stack, PTE_RW | PTE_USER));

    uint64_t *user_l4 = pv_new_table();
    user_l4[USER_SLOT] = kernel_l4[USER_SLOT] & (PTE_FRAME | PTE_TABLE);
    pv_make_table(user_l4);
    struct mmuext_op ops[] = {
        {.cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = machine_frame(user_l4)},
        {.cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = machine_frame(user_l4)},
    };
    guest_space_home.table[SPACE_L4] = kernel_l4;
    guest_space_home.table[SPACE_USER_L4] = user_l4;
    must(HYPERCALL(__HYPERVISOR_mmuext_op, ops, 2, 0, DOMID_SELF, 0), "giving the user page table to Xen");
}
