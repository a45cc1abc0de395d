/*
 * user.c: user mode: one page of code, one of stack, in a slot of the L4
 * of their own, as in the PV guest.
 */
#include "hvm.h"

struct guest_space guest_space_home = {.table[SPACE_L4] = kernel_l4};
uint64_t user_rip = USER_BASE;
uint64_t user_rsp = USER_BASE + 2 * PAGE_SIZE;

void hvm_user_init(void)
{
    uint8_t *code = memset(guest_page(), 0xcc, PAGE_SIZE);
    uint8_t *stack = memset(guest_page(), 0, PAGE_SIZE);
    code[0] = 0x0f, code[1] = 0x05; /* syscall */
    code[2] = 0xeb, code[3] = 0xfc; /* jmp back to it */
    *hvm_walk(kernel_l4, USER_BASE) = (uintptr_t)code | PTE_RO | PTE_USER;
    *hvm_walk(kernel_l4, USER_BASE + PAGE_SIZE) = (uintptr_t)stack | PTE_RW | PTE_USER;
}
