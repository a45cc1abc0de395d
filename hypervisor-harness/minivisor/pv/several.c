/*
 * several.c: what a PV guest with several vCPUs has beside one with one: VCPUOP_initialise and its neighbours
 * (xen/vcpu.h), events for other vCPUs, yield, and what the processor holds of a vCPU between its turns (schedule.c).
 *
 * What a vCPU is to begin with comes from the guest in one piece, and is checked like the calls that set each part of
 * it; the FPU begins clean, whatever the piece says of it. No vCPU keeps translations while another one runs, so that
 * the flushes of some or all vCPUs' TLBs (mmu.c) have no more to do than one's own.
 */
#include "account.h"
#include "guest.h"
#include "pv.h"
#include "timer.h"
#include "user_copy.h"

#include <pvbench/log.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define SELECTOR_RPL 3

/* --- turns -------------------------------------------------------------------- */

bool pv_wait_is_over(const struct vcpu *vcpu)
{
    const struct pv_vcpu *pv = &vcpu->pv;

    if (guest.pv.shared_info->evtchn_pending[0] & pv->polled)
        return true;
    return pv->vcpu_info->evtchn_upcall_pending && !pv->poll_masked;
}

bool pv_timer_interrupted(void)
{
    return pv_regs()->vector == VECTOR_TIMER;
}

u64 pv_cr3(const struct vcpu *vcpu)
{
    return (vcpu->pv.in_kernel ? vcpu->pv.kernel_l4 : vcpu->pv.user_l4) << PAGE_SHIFT;
}

#define READ_SELECTOR(name)                                                                                            \
    ({                                                                                                                 \
        u32 value;                                                                                                     \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));                                                         \
        (u16) value;                                                                                                   \
    })

/* One that the processor refuses, in the guest's table of now, becomes the null selector, as in Xen. */
#define DEFINE_LOAD_SELECTOR(name)                                                                                     \
    static void load_##name(u16 selector)                                                                              \
    {                                                                                                                  \
        __asm__ volatile goto("1: mov %0, %%" #name "\n"                                                               \
                              ".pushsection .ex_table, \"a\"\n.quad 1b, %l[refused]\n.popsection"                      \
                              :                                                                                        \
                              : "r"((u32)selector)                                                                     \
                              : "memory"                                                                               \
                              : refused);                                                                              \
        return;                                                                                                        \
    refused:                                                                                                           \
        __asm__ volatile("mov %0, %%" #name : : "r"(0) : "memory");                                                    \
    }
DEFINE_LOAD_SELECTOR(ds)
DEFINE_LOAD_SELECTOR(es)
DEFINE_LOAD_SELECTOR(fs)
DEFINE_LOAD_SELECTOR(gs)

void pv_leave(void)
{
    __typeof__(this_pv()->left) *left = &this_pv()->left;
    u64 cr0 = read_cr0();

    left->ds = READ_SELECTOR(ds);
    left->es = READ_SELECTOR(es);
    left->fs = READ_SELECTOR(fs);
    left->gs = READ_SELECTOR(gs);
    left->fs_base = rdmsr(MSR_FS_BASE);
    left->gs_base = rdmsr(MSR_GS_BASE);
    left->other_gs_base = rdmsr(MSR_KERNEL_GS_BASE);
    left->task_switched = cr0 & CR0_TS;
    if (left->task_switched)
        write_cr0(cr0 & ~CR0_TS);
    guest.pv.gdt_pages_left = this_pv()->gdt_pages;
}

/* The table first, which the selectors are of; then these, since loading FS and GS changes their bases. */
void pv_arrive(void)
{
    const __typeof__(this_pv()->left) *left = &this_pv()->left;

    pv_load_gdt();
    if (left->ds | READ_SELECTOR(ds))
        load_ds(left->ds);
    if (left->es | READ_SELECTOR(es))
        load_es(left->es);
    if (left->fs | READ_SELECTOR(fs))
        load_fs(left->fs);
    if (left->gs | READ_SELECTOR(gs))
        load_gs(left->gs);
    wrmsr(MSR_FS_BASE, left->fs_base);
    wrmsr(MSR_GS_BASE, left->gs_base);
    wrmsr(MSR_KERNEL_GS_BASE, left->other_gs_base);
}

/* Once its registers are back, which CR0.TS would not let in. */
void pv_arrive_fpu(void)
{
    if (this_pv()->left.task_switched)
        write_cr0(read_cr0() | CR0_TS);
}

/* --- a vCPU's beginning ------------------------------------------------------- */

noreturn void pv_first_turn(void);

static bool is_handler(u64 address)
{
    return !address || address_is_guests(address);
}

/* One that is an L4 table already: with less than that a guest is not killed, as it is for loading it. */
static bool is_root(u64 frame)
{
    return frame_is_guests(frame) && page_infos[frame].type_references && page_infos[frame].type == TYPE_L4;
}

static bool frames_are_guests(const u64 *frames, u64 count)
{
    for (u64 i = 0; i < count; i++)
        if (!frame_is_guests(frames[i]))
            return false;
    return true;
}

static bool is_good(const struct vcpu_guest_context *c)
{
    const u64 user = c->ctrlreg[1];

    for (unsigned int i = 0; i < ARRAY_SIZE(c->trap_ctxt); i++)
        if (!is_handler(c->trap_ctxt[i].address))
            return false;
    return (c->flags & VGCF_in_kernel) && is_handler(c->event_callback_eip) && is_handler(c->failsafe_callback_eip) &&
           is_handler(c->syscall_callback_eip) && address_is_guests(c->user_regs.rip) &&
           is_root(xen_cr3_to_pfn(c->ctrlreg[3])) && (!user || is_root(xen_cr3_to_pfn(user))) && !c->ldt_ents &&
           c->gdt_ents <= GUEST_GDT_PAGES * 512 && frames_are_guests(c->gdt_frames, (c->gdt_ents + 511) / 512) &&
           is_canonical(c->fs_base) && is_canonical(c->gs_base_kernel) && is_canonical(c->gs_base_user);
}

static void take_traps(struct pv_vcpu *pv, const struct vcpu_guest_context *c)
{
    for (unsigned int vector = 0; vector < 256; vector++) {
        struct trap_info *into = vector < 32 ? &pv->traps[vector] : &pv->software_traps[vector - 32];

        *into = c->trap_ctxt[vector];
        into->vector = (u8)vector;
    }
    pv->event_callback = c->event_callback_eip;
    pv->failsafe_callback = c->failsafe_callback_eip;
    pv->syscall_callback = c->syscall_callback_eip;
    pv->syscall_masks_events = c->flags & VGCF_syscall_disables_events;
}

static void take_memory(struct pv_vcpu *pv, const struct vcpu_guest_context *c)
{
    pv->kernel_l4 = xen_cr3_to_pfn(c->ctrlreg[3]);
    hold_frame(pv->kernel_l4, TYPE_L4);
    pv->user_l4 = c->ctrlreg[1] ? xen_cr3_to_pfn(c->ctrlreg[1]) : 0;
    if (pv->user_l4)
        hold_frame(pv->user_l4, TYPE_L4);
    pv->gdt_pages = (unsigned int)((c->gdt_ents + 511) / 512);
    for (unsigned int i = 0; i < pv->gdt_pages; i++) {
        pv->gdt_frames[i] = c->gdt_frames[i];
        hold_frame(pv->gdt_frames[i], TYPE_DESCRIPTORS);
    }
}

/* Where the entries leave them, as of an exception: nothing of them is taken for granted on the way back. */
static void take_registers(struct vcpu *vcpu, const struct vcpu_guest_context *c)
{
    const struct cpu_user_regs *from = &c->user_regs;
    struct regs *regs = (struct regs *)((u8 *)vcpu + VCPU_WINDOW_PAGES * PAGE_SIZE) - 1;

    *regs = (struct regs){
        .r15 = from->r15,
        .r14 = from->r14,
        .r13 = from->r13,
        .r12 = from->r12,
        .rbp = from->rbp,
        .rbx = from->rbx,
        .r11 = from->r11,
        .r10 = from->r10,
        .r9 = from->r9,
        .r8 = from->r8,
        .rax = from->rax,
        .rcx = from->rcx,
        .rdx = from->rdx,
        .rsi = from->rsi,
        .rdi = from->rdi,
        .rip = from->rip,
        .cs = from->cs | SELECTOR_RPL,
        .rflags = (from->rflags & RFLAGS_GUEST) | RFLAGS_IF | RFLAGS_ALWAYS,
        .rsp = from->rsp,
        .ss = from->ss | SELECTOR_RPL,
    };
    turn_begin(vcpu, (u64 *)regs, pv_first_turn);
}

/* As the guest itself could load it, so that the processor refuses what is ring 0's. */
static u16 of_ring_3(u16 selector)
{
    return selector ? selector | SELECTOR_RPL : 0;
}

static long initialise(struct vcpu *vcpu, u64 argument)
{
    struct vcpu_guest_context *c = guest.pv.context;
    struct pv_vcpu *pv = &vcpu->pv;

    if (pv->initialised)
        return -XEN_EEXIST;
    if (!copy_from_guest(c, argument, sizeof(*c)))
        return -XEN_EFAULT;
    if (!is_good(c))
        return -XEN_EINVAL;
    take_memory(pv, c);
    take_traps(pv, c);
    take_registers(vcpu, c);
    pv->in_kernel = true;
    pv->kernel_sp = c->kernel_sp;
    pv->architectural_iopl = this_pv()->architectural_iopl;
    pv->writable_tables = this_pv()->writable_tables;
    pv->left.ds = of_ring_3(c->user_regs.ds);
    pv->left.es = of_ring_3(c->user_regs.es);
    pv->left.fs = of_ring_3(c->user_regs.fs);
    pv->left.gs = of_ring_3(c->user_regs.gs);
    pv->left.fs_base = c->fs_base;
    pv->left.gs_base = c->gs_base_kernel;
    pv->left.other_gs_base = c->gs_base_user;
    pv->initialised = true;
    return 0;
}

/* --- waits -------------------------------------------------------------------- */

/* The ports as bits, so that whoever has the processor sees when one is pending. */
static long read_ports(u64 *ports, u64 list, u32 count)
{
    *ports = 0;
    if (!range_is_guests(list, count * sizeof(u32)))
        return -XEN_EFAULT;
    for (u32 i = 0; i < count; i++) {
        u32 port;

        if (!load_guest_u32(&port, list + i * sizeof(port)))
            return -XEN_EFAULT;
        if (port == 0 || port >= EVENT_PORTS || guest.pv.port_use[port] == PORT_FREE)
            return -XEN_EINVAL;
        *ports |= 1ull << port;
    }
    return 0;
}

/* As events.c has it for one vCPU, which sleeps where this leaves the processor. */
static long poll(u64 argument)
{
    struct pv_vcpu *pv = this_pv();
    struct sched_poll request;
    u64 list, ports, deadline = 0;
    bool masked;
    long result;

    if (!copy_from_guest(&request, argument, sizeof(request)))
        return -XEN_EFAULT;
    if (request.nr_ports > POLL_PORTS)
        return -XEN_EINVAL;
    memcpy(&list, &request.ports, sizeof(list));
    if (request.timeout)
        deadline = guest_time_to_tsc(request.timeout);
    masked = pv->vcpu_info->evtchn_upcall_pending && pv->vcpu_info->evtchn_upcall_mask;
    result = read_ports(&ports, list, request.nr_ports);
    if (result)
        return result;
    pv->polled = ports;
    pv->poll_masked = masked;
    while (!pv_wait_is_over(this_vcpu()) && !(deadline && rdtsc() >= deadline))
        schedule_wait(deadline);
    pv->polled = 0;
    pv->poll_masked = false;
    return 0;
}

static void block(void)
{
    const u64 begun = this_vcpu()->entry_tsc;

    this_pv()->vcpu_info->evtchn_upcall_mask = 0;
    while (!this_pv()->vcpu_info->evtchn_upcall_pending)
        schedule_wait(0);
    this_pv()->asleep += this_vcpu()->entry_tsc - begun;
    if (this_pv()->runstate_area)
        pv_tell_runstate();
}

/* --- hypercalls --------------------------------------------------------------- */

static long of_any(u64 cmd, struct vcpu *vcpu, u64 argument)
{
    switch (cmd) {
    case VCPUOP_initialise:
        return initialise(vcpu, argument);
    case VCPUOP_up:
        if (!vcpu->pv.initialised)
            return -XEN_EINVAL;
        schedule_up(vcpu);
        return 0;
    case VCPUOP_down:
        schedule_down(vcpu);
        return 0;
    case VCPUOP_is_up:
        return vcpu->turn.up;
    case VCPUOP_stop_periodic_timer: /* there is none */
        return 0;
    case VCPUOP_register_vcpu_info:
        return pv_register_vcpu_info(vcpu, argument);
    default: /* what remains is about its own time */
        return -XEN_EINVAL;
    }
}

static bool is_of_any(u64 cmd)
{
    return cmd <= VCPUOP_is_up || cmd == VCPUOP_register_vcpu_info;
}

static hypercall_fn do_vcpu_op_several, do_sched_op_several, do_event_channel_op_several;

static long do_vcpu_op_several(u64 cmd, u64 vcpu, u64 argument, u64 a4, u64 a5, struct regs *regs)
{
    const unsigned int here = this_vcpu()->turn.number;

    if ((vcpu == here && !is_of_any(cmd)) || (cmd == VCPUOP_is_up && PVB_MARK_IS(vcpu)))
        return do_vcpu_op(cmd, vcpu == here ? 0 : vcpu, argument, a4, a5, regs);
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_vcpu_op, cmd);
    return vcpu < guest.turns.count ? of_any(cmd, guest.turns.vcpu[vcpu], argument) : -XEN_ENOENT;
}

static long do_sched_op_several(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    if (cmd > SCHEDOP_poll || cmd == SCHEDOP_shutdown)
        return do_sched_op(cmd, argument, a3, a4, a5, regs);
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_sched_op, cmd);
    if (cmd == SCHEDOP_poll)
        return poll(argument);
    if (cmd == SCHEDOP_block)
        block();
    else
        schedule_yield();
    return 0;
}

/* Which vCPU finds what comes by the other end of a port, or of something that all share. */
static long bind_vcpu(u64 argument)
{
    struct evtchn_bind_vcpu bind;

    if (!copy_from_guest(&bind, argument, sizeof(bind)))
        return -XEN_EFAULT;
    if (bind.vcpu >= guest.turns.count)
        return -XEN_ENOENT;
    if (bind.port >= EVENT_PORTS)
        return -XEN_EINVAL;
    switch (guest.pv.port_use[bind.port]) {
    case PORT_UNBOUND:
    case PORT_CONSOLE:
        break;
    case PORT_RESERVED:
        if (bind.port)
            break;
        return -XEN_EINVAL;
    default: /* a vCPU's own, or nobody's */
        return -XEN_EINVAL;
    }
    guest.pv.port_vcpu[bind.port] = (u8)bind.vcpu;
    return 0;
}

static long do_event_channel_op_several(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    u32 port;

    if (cmd != EVTCHNOP_send && cmd != EVTCHNOP_bind_vcpu)
        return do_event_channel_op(cmd, argument, a3, a4, a5, regs);
    if (cmd == EVTCHNOP_send) {
        if (!get_guest_u32(&port, argument) || port >= EVENT_PORTS || guest.pv.port_use[port] != PORT_IPI)
            return do_event_channel_op(cmd, argument, a3, a4, a5, regs);
        account_detail(PVB_CLASS_HYPERCALL, PVB_HC_event_channel_op, cmd);
        pv_set_pending(port);
        return 0;
    }
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_event_channel_op, cmd);
    return bind_vcpu(argument);
}

void pv_several_init(void)
{
    guest.pv.context = phys_to_virt(allocate_frames((sizeof(*guest.pv.context) + PAGE_SIZE - 1) >> PAGE_SHIFT));
    hypercall_table[__HYPERVISOR_vcpu_op] = do_vcpu_op_several;
    hypercall_table[__HYPERVISOR_sched_op] = do_sched_op_several;
    hypercall_table[__HYPERVISOR_event_channel_op] = do_event_channel_op_several;
}
