/* Hypercalls as long as a guest likes: the watchdog ends them, and the guest's own events come in between. */
#include "../hostile.h"
#include "pv/pv.h"
#include <xen/memory.h>

#define EVERYWHERE_SLOT 2

/* 2^39 bytes that are all this page: three tables, each standing 512 times in the next. */
static void *everywhere(void *page)
{
    uint64_t *below = page, flags = PTE_RW;

    for (int level = 1; level <= 3; level++) {
        uint64_t *table = pv_new_table();

        for (unsigned i = 0; i < 512; i++)
            table[i] = pte_of(below, flags);
        pv_make_table(table);
        below = table;
        flags = PTE_TABLE;
    }
    pv_write_entry(&kernel_l4[EVERYWHERE_SLOT], pte_of(below, PTE_TABLE));
    return (void *)((uint64_t)EVERYWHERE_SLOT << 39);
}

/* Zeros, which the console drops: nobody has to read them. */
static void long_console_io(void)
{
    void *text = everywhere(memset(guest_page(), 0, PAGE_SIZE));

    survived("%ld", HYPERCALL(__HYPERVISOR_console_io, 0, 1ul << 38, text, 0, 0));
}
HOSTILE(long_console_io, long_console_io);

static struct mmu_update *endless_updates(uint64_t first, uint64_t second)
{
    struct mmu_update *updates = guest_page();

    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*updates); i++)
        updates[i] = (struct mmu_update){.ptr = machine_address(&kernel_l4[3]), .val = i % 2 ? second : first};
    return everywhere(updates);
}

static void long_mmu_update(void)
{
    void *list = endless_updates(0, 0);

    survived("%ld", HYPERCALL(__HYPERVISOR_mmu_update, list, 1ul << 34, 0, DOMID_SELF, 0));
}
HOSTILE(long_mmu_update, long_mmu_update);

/* Each element makes 1024 page tables of as many pages, or dissolves them. */
static void heavy_mmu_update(void)
{
    uint64_t *l3 = pv_new_table();

    for (unsigned i = 0; i < 2; i++) {
        uint64_t *l2 = pv_new_table();

        for (unsigned j = 0; j < 512; j++) {
            uint64_t *l1 = pv_new_table();

            pv_make_table(l1);
            l2[j] = pte_of(l1, PTE_TABLE);
        }
        pv_make_table(l2);
        l3[i] = pte_of(l2, PTE_TABLE);
    }
    pv_make_table(l3);
    survived("%ld", HYPERCALL(__HYPERVISOR_mmu_update, endless_updates(pte_of(l3, PTE_TABLE), 0), 1ul << 34, 0,
                              DOMID_SELF, 0));
}
HOSTILE(heavy_mmu_update, heavy_mmu_update);

static void *endless_flushes(void)
{
    uint64_t *page = memset(guest_page(), 0, PAGE_SIZE);

    for (unsigned i = 0; i < 512; i++)
        page[i] = MMUEXT_TLB_FLUSH_LOCAL; /* whichever words an element begins with */
    return everywhere(page);
}

static void long_mmuext_op(void)
{
    void *list = endless_flushes();

    survived("%ld", HYPERCALL(__HYPERVISOR_mmuext_op, list, 1ul << 33, 0, DOMID_SELF, 0));
}
HOSTILE(long_mmuext_op, long_mmuext_op);

/* All of them unknown ones. */
static void long_multicall(void)
{
    uint64_t *page = guest_page();

    for (unsigned i = 0; i < 512; i++)
        page[i] = 63;
    survived("%ld", HYPERCALL(__HYPERVISOR_multicall, everywhere(page), 1ul << 32, 0, 0, 0));
}
HOSTILE(long_multicall, long_multicall);

static void long_call_inside_multicall(void)
{
    struct multicall_entry call = {
        .op = __HYPERVISOR_mmu_update,
        .args = {(unsigned long)endless_updates(0, 0), 1ul << 34, 0, DOMID_SELF},
    };

    survived("%ld", HYPERCALL(__HYPERVISOR_multicall, &call, 1, 0, 0, 0));
}
HOSTILE(long_call_inside_multicall, long_call_inside_multicall);

/* More than the guest has ever had. */
static void long_populate(void)
{
    void *list = everywhere(memset(guest_page(), 0, PAGE_SIZE));
    struct xen_memory_reservation wanted = {.nr_extents = 1ul << 36, .domid = DOMID_SELF};

    set_xen_guest_handle(wanted.extent_start, list);
    survived("%ld", HYPERCALL(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &wanted, 0, 0, 0));
}
HOSTILE(long_populate, long_populate);

/* --- the guest's own timer strikes while the call is under way ---------------- */

extern char event_entry[], failsafe_entry[], syscall_entry[], watching_entry[];
uint64_t done; /* as mmu_update reports it */
uint64_t watched_events, watched_count,
    watched_done; /* when the last event came: the call's second argument, and `done` */

asm(".pushsection .text\n"
    "watching_entry:\n"
    "incq watched_events\n"
    "mov %rsi, watched_count\n"
    "push done\n"
    "pop watched_done\n"
    "jmp event_entry\n"
    ".popsection");

enum { HALF_MILLISECOND = 500000, MANY = 20000 };

static void watch_events(void)
{
    done = watched_events = watched_count = watched_done = 0;
    must(HYPERCALL(__HYPERVISOR_set_callbacks, watching_entry, failsafe_entry, syscall_entry, 0, 0), "set_callbacks");
    guest_timer_arm(guest_clock_ns() + HALF_MILLISECOND);
    guest_irq_unmask();
}

/* One event came, and there was something done and something left to do. */
static const char *interrupted(uint64_t watched)
{
    guest_irq_mask();
    must(HYPERCALL(__HYPERVISOR_set_callbacks, event_entry, failsafe_entry, syscall_entry, 0, 0), "set_callbacks");
    pv_write_entry(&kernel_l4[EVERYWHERE_SLOT], 0);
    return watched_events == 1 && watched && watched < MANY ? "interrupted" : "not interrupted";
}

static void interrupted_mmu_update(void)
{
    void *list = endless_updates(0, 0);
    long result;

    watch_events();
    result = HYPERCALL(__HYPERVISOR_mmu_update, list, MANY, &done, DOMID_SELF, 0);
    survived("%ld, %lu done, %s", result, done, interrupted(watched_done));
}
HOSTILE(interrupted_mmu_update, interrupted_mmu_update);

static void interrupted_console_io(void)
{
    void *text = everywhere(memset(guest_page(), 0, PAGE_SIZE));
    long result;

    watch_events();
    result = HYPERCALL(__HYPERVISOR_console_io, 0, 5 * MANY, text, 0, 0);
    survived("%ld, %s", result, interrupted(watched_count / 5));
}
HOSTILE(interrupted_console_io, interrupted_console_io);

/* The second of three calls is the long one: each is made, and once. */
static void interrupted_multicall(void)
{
    struct multicall_entry calls[3] = {
        {.op = __HYPERVISOR_xen_version},
        {.op = __HYPERVISOR_mmu_update, .result = 1},
        {.op = __HYPERVISOR_xen_version},
    };
    long result;

    calls[1].args[0] = (unsigned long)endless_updates(0, 0);
    calls[1].args[1] = MANY;
    calls[1].args[2] = (unsigned long)&done;
    calls[1].args[3] = DOMID_SELF;
    watch_events();
    result = HYPERCALL(__HYPERVISOR_multicall, calls, 3, 0, 0, 0);
    survived("%ld, results %lx %lx %lx, %lu done, %s", result, calls[0].result, calls[1].result, calls[2].result, done,
             interrupted(watched_done));
}
HOSTILE(interrupted_multicall, interrupted_multicall);
