/* Guest-physical memory, and hypercalls that find their arguments by the guest's own page tables. */
#include "../hostile.h"
#include "hvm/hvm.h"
#include <xen/memory.h>
#include <xen/version.h>

static void *map_at(uint64_t address)
{
    void *page = guest_page();

    *hvm_walk(kernel_l4, address) = (uint64_t)page | PTE_RW;
    return page;
}

/* To a walk that looks at 48 bits alone it is the place of another, which is mapped. */
static void alias_not_canonical(void)
{
    uint64_t *page = map_at(0xffffff8000000000);
    long result = HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, 0x0000ff8000000000, 0, 0, 0);

    survived("%ld, %lx", result, page[0]);
}
HOSTILE(alias_not_canonical, alias_not_canonical);

static void around_the_end(void)
{
    uint64_t *last = map_at(0xfffffffffffff000);
    uint64_t *first = map_at(0);
    long result = HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, 0xfffffffffffffff8, 0, 0, 0);

    survived("%ld, %lx %lx", result, last[511], first[0]);
    *hvm_walk(kernel_l4, 0) = 0;
}
HOSTILE(around_the_end, around_the_end);

static long reservation(unsigned cmd, const void *list, uint64_t count)
{
    struct xen_memory_reservation r = {.nr_extents = count, .domid = DOMID_SELF};

    *(uint64_t *)&r.extent_start = (uint64_t)list;
    return HYPERCALL(__HYPERVISOR_memory_op, cmd, &r, 0, 0, 0);
}

/* 2^39 bytes that are all this page: three tables, each standing 512 times in the next. */
static void *everywhere(void *page)
{
    uint64_t below = (uint64_t)page | PTE_RW;

    for (int level = 1; level <= 3; level++) {
        uint64_t *table = guest_page();

        for (unsigned i = 0; i < 512; i++)
            table[i] = below;
        below = (uint64_t)table | PTE_TABLE;
    }
    kernel_l4[2] = below;
    return (void *)(2ul << 39);
}

/* As many extents as fit: each page can be given once, and taken once. */
static void long_balloon(void)
{
    uint64_t *page = guest_page(), victim = (uint64_t)guest_page() / PAGE_SIZE;
    void *list = everywhere(page);
    long given, taken;

    for (unsigned i = 0; i < 512; i++)
        page[i] = victim;
    given = reservation(XENMEM_decrease_reservation, list, 1ul << 36);
    taken = reservation(XENMEM_populate_physmap, list, 1ul << 36);
    survived("%ld given, %ld taken", given, taken);
}
HOSTILE(long_balloon, long_balloon);

/* Everything that a list can name, but the guest does not have. */
static void wild_balloons(void)
{
    static const uint64_t frames[] = {16384, 1ul << 18, 1ul << 40, ~0ul, 1ul << 52};
    long sum = 0;

    for (unsigned i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        sum += reservation(XENMEM_decrease_reservation, &frames[i], 1);
        sum += reservation(XENMEM_populate_physmap, &frames[i], 1);
    }
    survived("%ld", sum);
}
HOSTILE(wild_balloons, wild_balloons);

/* What is given back is gone at once, from the TLB too, and only that. */
static void touch_given_page(void)
{
    volatile uint64_t *page = guest_page(), *neighbour = guest_page();
    uint64_t frame = (uint64_t)page / PAGE_SIZE;

    *page = *neighbour = 42;
    reservation(XENMEM_decrease_reservation, &frame, 1);
    print("hostile: the neighbour has %lu\n", *neighbour);
    survived("%lu", *page);
}
HOSTILE(touch_given_page, touch_given_page);

/*
 * With an odd number of MiB the last one has no 2 MiB page: it is as good as
 * the others, its frames are the guest's, and behind it is nothing.
 */
static void last_mebibyte(void)
{
    const uint64_t first = 64ul << 20 >> 12, end = 65ul << 20 >> 12;
    uint64_t frames[3] = {first, end - 1, end};
    long given, taken;

    for (uint64_t gfn = first; gfn < end; gfn += end - first - 1) {
        hvm_map_identity(gfn * PAGE_SIZE, PTE_RW);
        *(volatile uint64_t *)(gfn * PAGE_SIZE) = gfn;
    }
    given = reservation(XENMEM_decrease_reservation, frames, 3);
    taken = reservation(XENMEM_populate_physmap, frames, 3);
    survived("%ld given, %ld taken, %lx", given, taken, *(volatile uint64_t *)(first * PAGE_SIZE));
}
HOSTILE(last_mebibyte, last_mebibyte);
