/*
 * pages.c: page frames above the image.
 *
 * A bump pointer, and a list of single pages that were given back. The
 * harness rewinds the pool after each workload, so that every workload finds
 * the same addresses whatever ran before it with the same list.
 */
#include "internal.h"

static uintptr_t next_page, end_of_pages;
static void *free_list; /* linked through the pages' first words */

void pages_init(uintptr_t first, uintptr_t end)
{
    next_page = (first + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    end_of_pages = end & ~(PAGE_SIZE - 1);
}

void pages_extend(uintptr_t end)
{
    end_of_pages = end & ~(PAGE_SIZE - 1);
}

void *guest_pages(uint64_t count)
{
    if (count > (end_of_pages - next_page) / PAGE_SIZE)
        guest_panic("out of memory: %lu pages wanted, %lu left", count, (end_of_pages - next_page) / PAGE_SIZE);
    void *pages = (void *)next_page;
    next_page += count * PAGE_SIZE;
    return pages;
}

void *guest_page(void)
{
    if (!free_list)
        return guest_pages(1);
    void *page = free_list;
    free_list = *(void **)page;
    return page;
}

void guest_page_free(void *page)
{
    *(void **)page = free_list;
    free_list = page;
}

uintptr_t pages_mark(void)
{
    return next_page;
}

/* Pages given back since the mark lie above it and go with the rest; the list is empty when a mark is taken. */
void pages_rewind(uintptr_t mark)
{
    next_page = mark;
    free_list = NULL;
}
