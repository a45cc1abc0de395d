/*
 * A guest with two vCPUs, of which the second is started with what it should not have, or does, or waits for, what it
 * should not. Each has the first one of its boot.
 */
#include "../hostile.h"
#include "pv/pv.h"
#include "vcpus.h"
#include <pvbench/log.h>
#include <xen/event_channel.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

static long vcpu_op(unsigned cmd, unsigned long vcpu, const void *argument)
{
    return HYPERCALL(__HYPERVISOR_vcpu_op, cmd, vcpu, argument, 0, 0);
}

static long events(unsigned cmd, void *argument)
{
    return HYPERCALL2(__HYPERVISOR_event_channel_op, cmd, argument);
}

static void yield(void)
{
    HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

/* A good beginning for the second one. */
static struct vcpu_guest_context *context_of(void (*entry)(void))
{
    static struct vcpu_guest_context c;

    memset(&c, 0, sizeof(c));
    c.flags = VGCF_in_kernel;
    c.user_regs.rip = (uintptr_t)entry;
    c.user_regs.rsp = (uintptr_t)vcpu_stack_top(1) - 8;
    c.user_regs.cs = FLAT_KERNEL_CS;
    c.user_regs.ss = FLAT_KERNEL_SS;
    c.user_regs.rflags = 0x202;
    c.kernel_sp = (uintptr_t)vcpu_stack_top(1);
    c.ctrlreg[3] = xen_pfn_to_cr3(machine_frame(kernel_l4));
    return &c;
}

static void start(const struct vcpu_guest_context *c)
{
    must(vcpu_op(VCPUOP_initialise, 1, c), "initialise");
    must(vcpu_op(VCPUOP_up, 1, NULL), "up");
}

static void goes_down(void)
{
    for (;;)
        vcpu_op(VCPUOP_down, 1, NULL);
}

static void numbers(void)
{
    static const unsigned long none[] = {2, 16, 255, 0xffffffff, ~0ul};
    unsigned bad = 0;

    for (unsigned cmd = 0; cmd < 16; cmd++)
        for (unsigned i = 0; i < 5; i++)
            bad += vcpu_op(cmd, none[i], context_of(goes_down)) != -2;
    bad += vcpu_op(VCPUOP_up, 1, NULL) != -22; /* with nothing to begin with */
    bad += vcpu_op(VCPUOP_is_up, 1, NULL) != 0 || vcpu_op(VCPUOP_is_up, 0, NULL) != 1;
    bad += vcpu_op(VCPUOP_initialise, 0, context_of(goes_down)) != -17;
    for (unsigned cmd = VCPUOP_get_runstate_info; cmd < VCPUOP_register_vcpu_info; cmd++)
        if (cmd != VCPUOP_stop_periodic_timer)
            bad += vcpu_op(cmd, 1, context_of(goes_down)) != -22; /* of its own time */
    survived("%u answered otherwise", bad);
}
HOSTILE(several_numbers, numbers);

static void initialise_twice(void)
{
    long first = vcpu_op(VCPUOP_initialise, 1, context_of(goes_down));
    long then = vcpu_op(VCPUOP_initialise, 1, context_of(goes_down));

    vcpu_op(VCPUOP_up, 1, NULL);
    yield();
    survived("%ld then %ld, up and down %ld %ld", first, then, vcpu_op(VCPUOP_is_up, 1, NULL),
             vcpu_op(VCPUOP_initialise, 1, context_of(goes_down)));
}
HOSTILE(several_initialise_twice, initialise_twice);

/* Each with one thing that is wrong. */
static void contexts(void)
{
    struct vcpu_guest_context *c;
    unsigned taken = 0;

#define WRONG(member, value)                                                                                           \
    c = context_of(goes_down);                                                                                         \
    c->member = (value);                                                                                               \
    taken += vcpu_op(VCPUOP_initialise, 1, c) != -22
    WRONG(flags, 0);
    WRONG(user_regs.rip, HYPERVISOR_ADDRESS);
    WRONG(user_regs.rip, 0x800000000000ul);
    WRONG(event_callback_eip, HYPERVISOR_ADDRESS);
    WRONG(failsafe_callback_eip, HYPERVISOR_ADDRESS);
    WRONG(syscall_callback_eip, 0x800000000000ul);
    WRONG(trap_ctxt[14].address, HYPERVISOR_ADDRESS);
    WRONG(trap_ctxt[255].address, HYPERVISOR_ADDRESS);
    WRONG(ctrlreg[3], 0);
    WRONG(ctrlreg[3], xen_pfn_to_cr3(0x100)); /* the minivisor's */
    WRONG(ctrlreg[3], ~0ul);
    WRONG(ctrlreg[3], xen_pfn_to_cr3(machine_frame(guest_page())));
    WRONG(ctrlreg[3], xen_pfn_to_cr3(start_info->shared_info / PAGE_SIZE));
    WRONG(ctrlreg[3], kernel_l4[0] & PTE_FRAME); /* an L3 table */
    WRONG(ctrlreg[1], xen_pfn_to_cr3(machine_frame(guest_page())));
    WRONG(ldt_ents, 1);
    WRONG(gdt_ents, 14 * 512 + 1);
    WRONG(gdt_ents, ~0ul);
    WRONG(gdt_ents, 1); /* frame 0 is the minivisor's */
    WRONG(fs_base, 0x800000000000ul);
    WRONG(gs_base_kernel, 0xdead000000000000ul);
    WRONG(gs_base_user, 0xffff7fffffffffffull);
    taken += vcpu_op(VCPUOP_initialise, 1, (void *)HYPERVISOR_ADDRESS) != -14;
    taken += vcpu_op(VCPUOP_initialise, 1, (void *)UNMAPPED_ADDRESS) != -14;
    survived("%u taken, then %ld", taken, vcpu_op(VCPUOP_initialise, 1, context_of(goes_down)));
}
HOSTILE(several_contexts, contexts);

static void code_of_ring_0(void)
{
    struct vcpu_guest_context *c = context_of(goes_down);

    c->user_regs.cs = 0xe008;
    start(c);
    yield();
    survived("%s", "came back");
}
HOSTILE(several_code_of_ring_0, code_of_ring_0);

static volatile uint64_t seen[4];

static void looks_at_selectors(void)
{
    uint64_t ds, es, fs, gs;

    asm volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3" : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
    seen[0] = ds, seen[1] = es, seen[2] = fs, seen[3] = gs;
    goes_down();
}

/* Ring 0's data, its task, nothing, and a table that is not there. */
static void selectors(void)
{
    struct vcpu_guest_context *c = context_of(looks_at_selectors);

    c->user_regs.ds = 0xe010;
    c->user_regs.es = 0xe040;
    c->user_regs.fs = 0xfff8;
    c->user_regs.gs = 0x000c;
    start(c);
    yield();
    survived("%lx %lx %lx %lx", seen[0], seen[1], seen[2], seen[3]);
}
HOSTILE(several_selectors, selectors);

static volatile unsigned kept;

static void set_registers(uint64_t base)
{
    HYPERCALL2(__HYPERVISOR_set_segment_base, SEGBASE_FS, base);
    HYPERCALL2(__HYPERVISOR_set_segment_base, SEGBASE_GS_KERNEL, base + 8);
    asm volatile("movq %0, %%xmm7; mov %1, %%ds" : : "r"(base), "r"(FLAT_KERNEL_SS));
}

static bool are_kept(uint64_t *base, uint64_t *next)
{
    uint64_t fs, gs, xmm, ds;

    asm volatile("mov %%fs:0, %0; mov %%gs:0, %1; movq %%xmm7, %2; mov %%ds, %3"
                 : "=r"(fs), "=r"(gs), "=r"(xmm), "=r"(ds));
    return fs == *base && gs == *next && xmm == (uintptr_t)base && ds == FLAT_KERNEL_SS;
}

static uint64_t words[2][2] = {{11, 12}, {21, 22}};

static void keeps_its_own(void)
{
    set_registers((uintptr_t)words[1]);
    for (unsigned i = 0; i < 10; i++) {
        yield();
        kept += are_kept(&words[1][0], &words[1][1]);
    }
    goes_down();
}

static void registers(void)
{
    unsigned ours = 0;

    set_registers((uintptr_t)words[0]);
    start(context_of(keeps_its_own));
    for (unsigned i = 0; i < 12; i++) {
        yield();
        ours += are_kept(&words[0][0], &words[0][1]);
    }
    survived("%u of 12, %u of 10 kept", ours, kept);
}
HOSTILE(several_registers, registers);

static void polls_for_ever(void)
{
    struct sched_poll poll = {.nr_ports = 0};

    for (;;)
        HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
}

static void all_wait(void)
{
    start(context_of(polls_for_ever));
    HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
    survived("%s", "woken");
}
HOSTILE(several_wait_for_ever, all_wait);

static void last_down(void)
{
    start(context_of(goes_down));
    yield();
    vcpu_op(VCPUOP_down, 1, NULL); /* it is down already */
    vcpu_op(VCPUOP_down, 0, NULL);
    survived("%s", "up");
}
HOSTILE(several_last_down, last_down);

static void spins(void)
{
    for (;;)
        ;
}

static void spinning(void)
{
    uint64_t begin = tsc_now();

    start(context_of(spins));
    yield();
    survived("after %lu ms", (tsc_now() - begin) / 1000000);
}
HOSTILE(several_spinning, spinning);

static void ports(void)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 1}, beyond = {.vcpu = 2};
    struct evtchn_bind_virq timer = {.virq = VIRQ_TIMER, .vcpu = 1}, console = {.virq = VIRQ_CONSOLE, .vcpu = 1};
    struct evtchn_bind_virq nowhere = {.virq = VIRQ_TIMER, .vcpu = 2};
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    unsigned bad = 0;

    bad += events(EVTCHNOP_bind_ipi, &ipi) != 0 || events(EVTCHNOP_bind_ipi, &beyond) != -2;
    bad += events(EVTCHNOP_bind_virq, &timer) != 0;
    bad += events(EVTCHNOP_bind_virq, &timer) != -17;
    bad += events(EVTCHNOP_bind_virq, &console) != -22 || events(EVTCHNOP_bind_virq, &nowhere) != -22;
    bad += events(EVTCHNOP_alloc_unbound, &unbound) != 0;
    const struct {
        uint32_t port, vcpu;
        long answer;
    } binds[] = {{unbound.port, 1, 0}, {unbound.port, 2, -2}, {unbound.port, ~0u, -2},
                 {ipi.port, 0, -22},   {timer.port, 0, -22},  {0, 1, -22},
                 {63, 1, -22},         {64, 1, -22},          {~0u, 1, -22},
                 {unbound.port, 0, 0}};
    for (unsigned i = 0; i < sizeof(binds) / sizeof(binds[0]); i++) {
        struct evtchn_bind_vcpu bind = {.port = binds[i].port, .vcpu = binds[i].vcpu};
        bad += events(EVTCHNOP_bind_vcpu, &bind) != binds[i].answer;
    }
    /* To one that has never run. */
    struct evtchn_status status = {.dom = DOMID_SELF, .port = ipi.port};
    shared_info_page.evtchn_mask[0] &= ~(1ul << ipi.port);
    bad += events(EVTCHNOP_send, &ipi.port) != 0 || !shared_info_page.vcpu_info[1].evtchn_upcall_pending;
    bad += events(EVTCHNOP_unmask, &ipi.port) != 0;
    bad += events(EVTCHNOP_status, &status) != 0 || status.vcpu != 1;
    bad += events(EVTCHNOP_close, &ipi.port) != 0 || events(EVTCHNOP_close, &timer.port) != 0;
    bad += events(EVTCHNOP_bind_virq, &timer) != 0;
    survived("%u answered otherwise", bad);
}
HOSTILE(several_ports, ports);

/* The other one's address space may be unpinned, and stays one. */
static void root_in_use(void)
{
    static struct guest_space space;
    struct vcpu_guest_context *c = context_of(polls_for_ever);

    guest_space_build(&space);
    guest_space_pin(&space);
    c->ctrlreg[3] = xen_pfn_to_cr3(machine_frame(space.table[SPACE_L4]));
    start(c);
    yield();
    guest_space_unpin(&space);
    survived("%s", "unpinned");
}
HOSTILE(several_root_in_use, root_in_use);

static void marks(void)
{
    for (;;)
        vcpu_op(VCPUOP_is_up, PVB_MARK_END(77), NULL);
}

static void mark_of_another(void)
{
    start(context_of(marks));
    yield();
    survived("%s", "marked");
}
HOSTILE(several_mark, mark_of_another);
