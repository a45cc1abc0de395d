/* Memory of its own in which a guest wants its vcpu_info, its run state and its clock: any that it should not have. */
#include "../hostile.h"
#include "pv/pv.h"
#include <xen/sched.h>
#include <xen/vcpu.h>

static long vcpu_op(unsigned cmd, const void *argument)
{
    return HYPERCALL(__HYPERVISOR_vcpu_op, cmd, 0, argument, 0, 0);
}

static long register_info(uint64_t frame, uint32_t offset)
{
    struct vcpu_register_vcpu_info area = {.mfn = frame, .offset = offset};

    return vcpu_op(VCPUOP_register_vcpu_info, &area);
}

static void info_anywhere(void)
{
    uint64_t page = machine_frame(guest_page());
    unsigned bad = 0;

    bad += register_info(0x100, 0) != -22;                                      /* the minivisor's */
    bad += register_info(~0ul, 0) != -22 || register_info(1ul << 52, 0) != -22; /* no one's */
    bad += register_info(start_info->shared_info / PAGE_SIZE, 0) != -22;        /* shared */
    bad += register_info(machine_frame(kernel_l4), 0) != -22;                   /* a page table */
    bad += register_info(page, PAGE_SIZE - 63) != -22 || register_info(page, PAGE_SIZE - 56) != -22;
    bad +=
        register_info(page, PAGE_SIZE) != -22 || register_info(page, ~0u) != -22 || register_info(page, ~0u - 7) != -22;
    bad += register_info(page, 4) != -22 || register_info(page, 1) != -22;
    survived("%u areas accepted", bad);
}
HOSTILE(info_anywhere, info_anywhere);

/* The last place that there is, and only once. */
static void info_twice(void)
{
    uint64_t *page = guest_page();
    long first = register_info(machine_frame(page), PAGE_SIZE - sizeof(struct vcpu_info));

    survived("%ld then %ld, %s", first, register_info(machine_frame(guest_page()), 0),
             page[(PAGE_SIZE - sizeof(struct vcpu_info)) / 8] ? "told" : "not told");
}
HOSTILE(info_twice, info_twice);

static void info_page_table(void)
{
    uint64_t *page = pv_new_table();
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = machine_frame(page)};

    must(register_info(machine_frame(page), 0), "vcpu_info");
    HYPERCALL(__HYPERVISOR_update_va_mapping, page, pte_of(page, PTE_RO), UVMF_INVLPG, 0, 0);
    survived("%ld", HYPERCALL(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF, 0));
}
HOSTILE(info_page_table, info_page_table);

static void info_given_back(void)
{
    void *page = guest_page();
    uint64_t frame = machine_frame(page);
    struct {
        uint64_t *list;
        uint64_t count;
        uint32_t order, flags;
        uint16_t domain;
    } reservation = {&frame, 1, 0, 0, DOMID_SELF};

    must(register_info(frame, 0), "vcpu_info");
    HYPERCALL(__HYPERVISOR_update_va_mapping, page, 0, UVMF_INVLPG, 0, 0);
    survived("%ld pages given back", HYPERCALL(__HYPERVISOR_memory_op, 1, &reservation, 0, 0, 0));
}
HOSTILE(info_given_back, info_given_back);

static const uint64_t wild[] = {
    HYPERVISOR_ADDRESS,   0xffff800000000000ul, 0xffff87fffffffff8ul, 0x800000000000ul, /* not canonical */
    0xdead000000000000ul, UNMAPPED_ADDRESS,     0xfffffffffffffffcul,                   /* wraps around */
};
#define WILD (sizeof(wild) / sizeof(wild[0]))

static void areas_anywhere(void)
{
    static const unsigned commands[] = {VCPUOP_register_runstate_memory_area, VCPUOP_register_vcpu_time_memory_area};
    unsigned bad = 0;

    for (unsigned c = 0; c < 2; c++) {
        uint64_t table = (uintptr_t)kernel_l4;

        bad += vcpu_op(commands[c], &table) != -14;
        for (unsigned i = 0; i < WILD; i++)
            bad += vcpu_op(commands[c], &wild[i]) != -14;
    }
    for (unsigned i = 0; i < WILD; i++) {
        bad += vcpu_op(VCPUOP_get_runstate_info, (const void *)wild[i]) != -14;
        bad += vcpu_op(VCPUOP_register_vcpu_info, (const void *)wild[i]) != -14;
        for (unsigned c = 0; c < 2; c++)
            bad += vcpu_op(commands[c], (const void *)wild[i]) != -14;
    }
    survived("%u areas accepted", bad);
}
HOSTILE(areas_anywhere, areas_anywhere);

static void sleep_once(void)
{
    struct vcpu_set_singleshot_timer timer = {.timeout_abs_ns = guest_clock_ns() + 100000};

    must(vcpu_op(VCPUOP_set_singleshot_timer, &timer), "timer");
    HYPERCALL(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0, 0, 0);
}

/* What was right when it was registered is a page table, or nothing, when it is written. */
static void runstate_pulled_away(void)
{
    uint64_t *page = pv_new_table(), at = (uintptr_t)arena_page(0);
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = machine_frame(page)};
    uint64_t told;

    must(HYPERCALL(__HYPERVISOR_update_va_mapping, at, pte_of(page, PTE_RW), UVMF_INVLPG, 0, 0), "arena");
    must(vcpu_op(VCPUOP_register_runstate_memory_area, &at), "run state");
    sleep_once();
    told = page[2 + RUNSTATE_blocked];
    memset(page, 0, PAGE_SIZE);
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, at, pte_of(page, PTE_RO), UVMF_INVLPG, 0, 0), "arena");
    pv_make_table(page);
    must(HYPERCALL(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF, 0), "pinning");
    sleep_once();
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, at, 0, UVMF_INVLPG, 0, 0), "arena");
    sleep_once();
    survived("slept %s, wrote %lu", told > 50000 && told < 200000 ? "as long as it did" : "for no time",
             page[1] | page[2]);
}
HOSTILE(runstate_pulled_away, runstate_pulled_away);
