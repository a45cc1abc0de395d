/*
 * space.c: address spaces in full virtualization. One root maps the shared
 * kernel part and the user part; there is nothing to pin.
 */
#include "hvm.h"

void guest_space_build(struct guest_space *s)
{
    /* One root will do: the processor tells user pages from the kernel's. */
    s->table[SPACE_USER_L4] = NULL;
    for (unsigned i = 0; i < SPACE_TABLES; i++)
        if (i != SPACE_USER_L4)
            s->table[i] = memset(guest_page(), 0, PAGE_SIZE);
    s->page = guest_page();
    s->table[SPACE_L1][0] = (uintptr_t)s->page | PTE_RW | PTE_USER;
    s->table[SPACE_L2][0] = (uintptr_t)s->table[SPACE_L1] | PTE_TABLE;
    s->table[SPACE_L3][0] = (uintptr_t)s->table[SPACE_L2] | PTE_TABLE;
    s->table[SPACE_L4][USER_SLOT] = (uintptr_t)s->table[SPACE_L3] | PTE_TABLE;
    s->table[SPACE_L4][0] = kernel_l4[0];
}

void guest_space_pin(const struct guest_space *s)
{
    (void)s;
}

void guest_space_unpin(const struct guest_space *s)
{
    (void)s;
}

void guest_space_switch(const struct guest_space *s)
{
    asm volatile("mov %0, %%cr3" : : "r"(s->table[SPACE_L4]) : "memory");
}

void guest_space_free(struct guest_space *s)
{
    guest_page_free(s->page);
    for (unsigned i = SPACE_TABLES; i-- > 0;)
        if (s->table[i])
            guest_page_free(s->table[i]);
}
