/*
 * arena.c: pages that are mapped and unmapped by hand: plain stores to
 * page tables.
 */
#include "hvm.h"

#define ARENA_TABLES (ARENA_PAGES / 512)

static volatile uint64_t *tables[ARENA_TABLES];

static uint64_t entry_of(const void *page, enum protection protection)
{
    static const uint64_t flags[] = {[READ_ONLY] = PTE_RO, [READ_WRITE] = PTE_RW};
    return protection == NO_ACCESS ? 0 : (uintptr_t)page | flags[protection];
}

void hvm_arena_init(void)
{
    for (unsigned i = 0; i < ARENA_TABLES; i++)
        tables[i] = hvm_walk(kernel_l4, ARENA_BASE + i * 512 * PAGE_SIZE);
}

void guest_arena_set(unsigned index, const void *page, enum protection protection)
{
    tables[index / 512][index % 512] = entry_of(page, protection);
}

const char *guest_no_arena_store(void)
{
    return NULL;
}

void guest_arena_store(unsigned index, const void *page, enum protection protection)
{
    guest_arena_set(index, page, protection);
}

void guest_arena_set_many(unsigned first, unsigned count, const void *page, enum protection protection)
{
    uint64_t entry = entry_of(page, protection);
    for (unsigned i = first; i < first + count; i++)
        tables[i / 512][i % 512] = entry;
}

void guest_arena_clear(void)
{
    guest_arena_set_many(0, ARENA_PAGES, NULL, NO_ACCESS);
    guest_space_switch(&guest_space_home); /* loads CR3, which empties the TLB */
}

void guest_flush_page(const volatile void *address)
{
    asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}
