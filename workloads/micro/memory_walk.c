/*
 * memory_walk: loads that depend on each other, each in another page, over
 * more pages than any TLB holds. What it costs is the walk of the page
 * tables: two-dimensional in full virtualization with nested paging.
 */
#include "guest.h"

#define DEFAULT_PAGES 8192ul /* 32 MiB */
#define LINES         (PAGE_SIZE / 64)

static void **start;
static uint64_t pages;
static void *volatile sink;

/* The word of a page that is read: a cache line that differs from page to page, lest they all share one set. */
static void **word(uint8_t *memory, uint64_t page)
{
    return (void **)(memory + page * PAGE_SIZE + page % LINES * 64);
}

static const char *setup(struct guest_run *run)
{
    if (run->parameter == 1 || run->parameter > DEFAULT_PAGES)
        return guest_mistake(run, "the parameter is the number of pages, 2 to 8192");
    pages = run->parameter ? run->parameter : DEFAULT_PAGES;
    run->ops_per_iteration = pages;

    uint8_t *memory = guest_pages(pages);
    uint32_t *order = guest_pages((pages * sizeof(*order) + PAGE_SIZE - 1) / PAGE_SIZE);
    for (uint64_t i = 0; i < pages; i++)
        order[i] = (uint32_t)i;
    /* Sattolo's shuffle makes one cycle through all; the generator is Knuth's MMIX, with a fixed seed. */
    uint64_t random = 1;
    for (uint64_t i = pages - 1; i > 0; i--) {
        random = random * 6364136223846793005ul + 1442695040888963407ul;
        uint64_t j = (random >> 33) % i;
        uint32_t t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    for (uint64_t i = 0; i < pages; i++)
        *word(memory, i) = word(memory, order[i]);
    start = word(memory, 0);
    return NULL;
}

static void op(void)
{
    void **p = start;
    for (uint64_t i = 0; i < pages; i++)
        p = *p;
    sink = p;
}

WORKLOAD(memory_walk, "memory", "dependent loads, one a page, over 32 MiB (parameter: pages)", .setup = setup,
         .op = op);
