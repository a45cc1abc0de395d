/*
 * page_fault: the kernel touches a page that is not there; the handler maps
 * it and returns; the touch succeeds. The page table is present, and the
 * frame that is mapped has been touched before, so that the fault alone is
 * measured.
 */
#include "guest.h"

#define PAGES 2048u

_Static_assert(PAGES <= ARENA_PAGES, "a fresh page for each operation");

static uint8_t *frames;
static unsigned next;

static void map_it(struct trap_frame *frame)
{
    uint64_t index = (guest_fault_address() - ARENA_BASE) / PAGE_SIZE;
    if (index >= PAGES)
        guest_panic("page fault at 0x%lx, rip 0x%lx", guest_fault_address(), frame->rip);
    guest_arena_set((unsigned)index, frames + index * PAGE_SIZE, READ_WRITE);
}

static const char *setup(struct guest_run *run)
{
    frames = guest_pages(PAGES);
    for (unsigned i = 0; i < PAGES; i++)
        frames[i * PAGE_SIZE] = 1;
    next = 0;
    run->chunk = PAGES;
    guest_on_trap(TRAP_PAGE_FAULT, map_it);
    return NULL;
}

static void op(void)
{
    *arena_page(next) = 2;
    next++;
}

static void reset(void)
{
    guest_arena_clear();
    next = 0;
}

static void teardown(void)
{
    guest_arena_clear();
    guest_on_trap(TRAP_PAGE_FAULT, NULL);
}

WORKLOAD(page_fault, "memory", "touch an unmapped page; the handler maps it and returns", .setup = setup, .op = op,
         .reset = reset, .teardown = teardown);
