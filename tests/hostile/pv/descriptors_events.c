/* Descriptor tables, event channels, the console ring, marks. */
#include "../hostile.h"
#include "pv/pv.h"
#include <pvbench/log.h>
#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>

static long set_gdt(uint64_t *page)
{
    uint64_t frame = machine_frame(page);

    return HYPERCALL(__HYPERVISOR_set_gdt, &frame, 512, 0, 0, 0);
}

static void call_gate(void)
{
    uint64_t *page = pv_new_table();

    page[0] = 0x0000ec00e0080000ul; /* call gate to the hypervisor's code segment, DPL 3 */
    pv_make_table(page);
    survived("%ld", set_gdt(page));
}
HOSTILE(call_gate, call_gate);

static void gdt_while_writable(void)
{
    uint64_t *page = pv_new_table();

    survived("%ld", set_gdt(page));
}
HOSTILE(gdt_while_writable, gdt_while_writable);

static void gdt_made_writable(void)
{
    uint64_t *page = pv_new_table();

    pv_make_table(page);
    print("hostile: set_gdt: %ld\n", set_gdt(page));
    survived("%ld", HYPERCALL(__HYPERVISOR_update_va_mapping, arena_page(0), pte_of(page, PTE_RW), UVMF_NONE, 0, 0));
}
HOSTILE(gdt_made_writable, gdt_made_writable);

static void descriptor_into_page_table(void)
{
    survived("%ld", HYPERCALL(__HYPERVISOR_update_descriptor, machine_address(kernel_l4), 0, 0, 0, 0));
}
HOSTILE(descriptor_into_page_table, descriptor_into_page_table);

static void descriptor_into_foreign_frame(void)
{
    survived("%ld", HYPERCALL(__HYPERVISOR_update_descriptor, HYPERVISOR_ADDRESS & 0xffffffff, 0, 0, 0, 0));
}
HOSTILE(descriptor_into_foreign, descriptor_into_foreign_frame);

static void break_console_ring(void)
{
    struct xencons_interface *ring = (void *)pv_page_of_frame(start_info->console.domU.mfn);
    struct evtchn_send send = {.port = start_info->console.domU.evtchn};

    ring->out_prod = ring->out_cons + 0x10000000;
    survived("%ld", HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send, 0, 0, 0));
}
HOSTILE(break_console_ring, break_console_ring);

static void wild_ports(void)
{
    unsigned bad = 0;

    for (uint64_t port = 64; port <= 0xffffffff; port = port * 2 + 1) {
        uint32_t p = (uint32_t)port;

        bad += HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &p, 0, 0, 0) >= 0;
        bad += HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &p, 0, 0, 0) >= 0;
        bad += HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_unmask, &p, 0, 0, 0) >= 0;
    }
    survived("%u wild ports accepted", bad);
}
HOSTILE(wild_ports, wild_ports);

/* What cannot be told to the guest is not done: ports do not run out. */
static void ports_without_answer(void)
{
    const uint64_t *read_only = kernel_l4; /* as an argument: virtual IRQ 0 or vCPU 0, some port */
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    unsigned bad = 0;

    for (unsigned i = 0; i < 200; i++) {
        bad += HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, read_only, 0, 0, 0) != -14;
        bad += HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, read_only + 2, 0, 0, 0) != -14;
    }
    bad += HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi, 0, 0, 0) != 0;
    survived("%u wrong answers", bad);
}
HOSTILE(ports_without_answer, ports_without_answer);

static void block_for_ever(void)
{
    HYPERCALL(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0, 0, 0);
    survived("blocked and woke");
}
HOSTILE(block_for_ever, block_for_ever);

static void events_without_callback(void)
{
    HYPERCALL(__HYPERVISOR_set_callbacks, 0, 0, 0, 0, 0);
    shared_info_page.vcpu_info[0].evtchn_upcall_mask = 0;
    shared_info_page.vcpu_info[0].evtchn_upcall_pending = 1;
    guest_null_hypercall();
    survived("an event without a callback");
}
HOSTILE(events_without_callback, events_without_callback);

static void far_timers(void)
{
    static const uint64_t times[] = {~0ul, 1ul << 63, (1ul << 62) - 1, 1ul << 60, 1};

    for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        HYPERCALL(__HYPERVISOR_set_timer_op, times[i], 0, 0, 0, 0);
    HYPERCALL(__HYPERVISOR_set_timer_op, 0, 0, 0, 0, 0);
    survived("timers");
}
HOSTILE(far_timers, far_timers);
