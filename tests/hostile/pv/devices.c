/* The disk and the grant table where they meet page tables and frames given back: PV. */
#include "../both/front.h"
#include "pv/pv.h"
#include <xen/memory.h>

static uint8_t page[PAGE_SIZE] __attribute__((aligned(4096)));

static int read_into(grant_ref_t grant)
{
    const struct blkif_request request = vbd_read(grant);

    return vbd_send(&request);
}

static uint64_t grants_frame(void)
{
    xen_pfn_t frame = 0;
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};

    set_xen_guest_handle(setup.frame_list, &frame);
    must(HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1, 0, 0), "setup_table");
    return frame;
}

static long pin(uint64_t frame)
{
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = frame};

    return HYPERCALL(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF, 0);
}

static long give_back(uint64_t frame, void *mapping)
{
    xen_pfn_t list[1] = {frame};
    struct xen_memory_reservation gone = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(gone.extent_start, list);
    if (mapping)
        HYPERCALL(__HYPERVISOR_update_va_mapping, mapping, 0, UVMF_INVLPG, 0, 0);
    return HYPERCALL(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &gone, 0, 0, 0);
}

/* Tables of each kind, the grant table and the shared page; neither to write into nor to read from. */
static void tables(void)
{
    uint64_t *l1 = pv_new_table(), *gdt = pv_new_table(), gdt_frame = machine_frame(gdt);
    unsigned done = 0;

    pv_make_table(l1);
    pv_make_table(gdt);
    must(pin(machine_frame(l1)), "pin");
    must(HYPERCALL(__HYPERVISOR_set_gdt, &gdt_frame, 512, 0, 0, 0), "set_gdt");
    vbd_connect();
    const grant_name name = grant_page(0, vbd_data);
    const uint64_t frames[] = {machine_frame(kernel_l4), machine_frame(l1), gdt_frame, grants_frame(),
                               start_info->shared_info / PAGE_SIZE};
    for (unsigned i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        struct blkif_request request = vbd_read(name);
        vbd_grants()[name].frame = (uint32_t)frames[i];
        done += vbd_send(&request) != BLKIF_RSP_ERROR;
        request.operation = BLKIF_OP_WRITE;
        done += vbd_send(&request) != BLKIF_RSP_ERROR;
    }
    survived("%u done", done);
}
HOSTILE(vbd_tables, tables);

static void given_frame(void)
{
    vbd_connect();
    const grant_name name = grant_page(0, page);
    const long given = give_back(machine_frame(page), page);
    survived("%ld given, %d", given, read_into(name));
}
HOSTILE(vbd_given_frame, given_frame);

static void ring_given_back(void)
{
    vbd_connect();
    print("hostile: %ld given\n", give_back(machine_frame(vbd_ring), vbd_ring));
    port_send(vbd_port);
    survived("a ring that is gone");
}
HOSTILE(vbd_ring_given_back, ring_given_back);

static void ring_page_table(void)
{
    vbd_connect();
    memset(vbd_ring, 0, PAGE_SIZE);
    pv_make_table(vbd_ring);
    print("hostile: %ld pinned\n", pin(machine_frame(vbd_ring)));
    port_send(vbd_port);
    survived("a ring that is a page table");
}
HOSTILE(vbd_ring_page_table, ring_page_table);

/* A table until a moment ago, and still one to the processor: what is read goes there, and no entry comes of it. */
static void stale_table(void)
{
    uint64_t *l1 = pv_new_table(), *slot;
    volatile uint64_t *mapped = (uint64_t *)(2ul << 39);

    vbd_connect();
    l1[0] = pte_of(vbd_data, PTE_RW);
    pv_make_table(l1);
    slot = pv_walk(kernel_l4, (uint64_t)mapped, 2);
    pv_write_entry(slot, pte_of(l1, PTE_TABLE));
    *mapped = 1;
    pv_write_entry(slot, 0);
    const int status = read_into(grant_page(0, l1));
    print("hostile: %d\n", status);
    survived("%lu", *mapped);
}
HOSTILE(vbd_stale_table, stale_table);

static void grants_as_table(void)
{
    survived("%ld", pin(grants_frame()));
}
HOSTILE(grants_as_table, grants_as_table);

static void grants_given_back(void)
{
    survived("%ld", give_back(grants_frame(), NULL));
}
HOSTILE(grants_given_back, grants_given_back);

/* All of its frames are the guest's to map, and none is to be a table; each is another one. */
static void several_frames(void)
{
    xen_pfn_t frames[5] = {0, 0, 0, 0, 77};
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 4};
    unsigned alike = 0;
    long changed = 0;

    set_xen_guest_handle(setup.frame_list, frames);
    must(HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1, 0, 0), "setup_table");
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned j = 0; j < i; j++)
            alike += frames[i] == frames[j];
        changed += HYPERCALL(__HYPERVISOR_update_va_mapping, page, frames[i] * PAGE_SIZE | PTE_USER | PTE_RW,
                             UVMF_INVLPG, 0, 0);
        *(volatile uint8_t *)page = 1;
    }
    print("hostile: status %d, %u alike, %ld, behind them %lu\n", setup.status, alike, changed, frames[4]);
    survived("%ld", pin(frames[3]));
}
HOSTILE(grants_last_as_table, several_frames);

/* Pointers and counts of GNTTABOP_setup_table, and operations that are not offered. */
static void wild_grant_ops(void)
{
    static const uint64_t pointers[] = {HYPERVISOR_ADDRESS, 0x800000000000ul, UNMAPPED_ADDRESS, 0xfffffffffffffffcul};
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};
    unsigned bad = 0;

    for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        bad += HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, pointers[i], 1, 0, 0) != -14;
        *(uint64_t *)&setup.frame_list = pointers[i];
        bad += HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1, 0, 0) != 0 ||
               setup.status != GNTST_bad_virt_addr;
    }
    setup.nr_frames = 5;
    bad += HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1, 0, 0) != 0 || !setup.status;
    setup.nr_frames = ~0u;
    bad += HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1, 0, 0) != 0 || !setup.status;
    bad += HYPERCALL(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, ~0ul, 0, 0) != -22;
    for (uint64_t op = 0; op < 64; op++)
        if (op != GNTTABOP_setup_table)
            bad += HYPERCALL(__HYPERVISOR_grant_table_op, op, &setup, 1, 0, 0) != -38;
    survived("%u answered otherwise", bad);
}
HOSTILE(grants_wild_ops, wild_grant_ops);
