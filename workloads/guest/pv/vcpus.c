/*
 * vcpus.c: several vCPUs of a PV guest: initialised and started by hypercall (xen/vcpu.h), called by event channels,
 * one to each, kicked by another.
 *
 * The upcall of a guest with one vCPU looks at every port; here another takes its place, in which each vCPU looks at
 * its own, since the bits of all are in one page.
 */
#include "../vcpus.h"
#include "pv.h"
#include <xen/event_channel.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

extern char several_event_entry[], failsafe_entry[], syscall_entry[], partner_entry[];

static evtchn_port_t call_port[VCPUS_MAX], kick_port[VCPUS_MAX];

static struct vcpu_info *info_of(unsigned v)
{
    return &shared_info_page.vcpu_info[v];
}

static evtchn_port_t bind(unsigned v, bool masked)
{
    struct evtchn_bind_ipi ipi = {.vcpu = v};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi), "binding an event to a vCPU");
    uint64_t *mask = &shared_info_page.evtchn_mask[ipi.port / 64];
    if (masked)
        __atomic_or_fetch(mask, 1ul << ipi.port % 64, __ATOMIC_SEQ_CST);
    else
        __atomic_and_fetch(mask, ~(1ul << ipi.port % 64), __ATOMIC_SEQ_CST);
    return ipi.port;
}

/* Was it pending? It is no more. */
static bool take(evtchn_port_t port)
{
    const uint64_t bit = 1ul << port % 64;
    return __atomic_fetch_and(&shared_info_page.evtchn_pending[port / 64], ~bit, __ATOMIC_SEQ_CST) & bit;
}

static void send(evtchn_port_t port)
{
    struct evtchn_send event = {.port = port};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &event), "sending an event to a vCPU");
}

/* The flags are cleared before the ports are looked at, so that none is lost (xen/xen.h). */
void several_event_upcall(void)
{
    const uint64_t now = tsc_now();
    const unsigned v = vcpu_here();
    struct vcpu_info *info = info_of(v);
    *(volatile uint8_t *)&info->evtchn_upcall_pending = 0;
    __atomic_store_n(&info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    if (v == 0 && take(pv_timer_port))
        pv_timer_events++;
    if (v == 0 && take(pv_self_port))
        pv_self_events++;
    if (take(call_port[v]) && vcpu_take_call(v))
        vcpu_called(v, now);
}

const char *mode_vcpus_init(void)
{
    must(HYPERCALL(__HYPERVISOR_set_callbacks, several_event_entry, failsafe_entry, syscall_entry, 0, 0),
         "set_callbacks");
    for (unsigned v = 0; v < guest_vcpus(); v++) {
        call_port[v] = bind(v, false);
        kick_port[v] = bind(v, true);
    }
    return NULL;
}

/* What a processor's registers are at its start, and what set_trap_table and the like tell Xen of the first vCPU. */
static void initialise(unsigned v)
{
    static struct vcpu_guest_context context;
    struct trap_info traps[TRAPS] = {0};
    memset(&context, 0, sizeof(context));
    pv_fill_traps(traps);
    for (const struct trap_info *t = traps; t->address; t++)
        context.trap_ctxt[t->vector] = *t;
    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (uintptr_t)partner_entry;
    context.user_regs.rsp = (uintptr_t)vcpu_stack_top(v);
    context.user_regs.rdi = v;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.user_regs.rflags = 0x202; /* whether events are masked, the shared page says */
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = (uintptr_t)vcpu_stack_top(v);
    context.ctrlreg[3] = xen_pfn_to_cr3(machine_frame(kernel_l4));
    context.event_callback_eip = (uintptr_t)several_event_entry;
    context.failsafe_callback_eip = (uintptr_t)failsafe_entry;
    context.syscall_callback_eip = (uintptr_t)syscall_entry;
    info_of(v)->evtchn_upcall_mask = 1;
    must(HYPERCALL(__HYPERVISOR_vcpu_op, VCPUOP_initialise, v, &context, 0, 0), "initialising a vCPU");
    must(HYPERCALL(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, v, 0, 0, 0), "stopping the periodic timer");
}

/* A vCPU that went down goes on where it did. */
void mode_vcpu_up(unsigned v)
{
    static bool initialised[VCPUS_MAX];
    if (!initialised[v])
        initialise(v);
    initialised[v] = true;
    must(HYPERCALL(__HYPERVISOR_vcpu_op, VCPUOP_up, v, 0, 0, 0), "starting a vCPU");
}

void mode_vcpu_down(unsigned v)
{
    must(HYPERCALL(__HYPERVISOR_vcpu_op, VCPUOP_down, v, 0, 0, 0), "stopping a vCPU");
}

bool mode_vcpu_goes_down(void)
{
    return true;
}

/* SCHEDOP_block unmasks events by itself. */
void mode_vcpu_halt(unsigned v)
{
    HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
    *(volatile uint8_t *)&info_of(v)->evtchn_upcall_mask = 1;
}

/* An interrupt among vCPUs is an event. */
const char *mode_no_events(void)
{
    return NULL;
}

void mode_call(enum guest_call how, unsigned first, unsigned end)
{
    (void)how;
    for (unsigned v = first; v < end; v++)
        send(call_port[v]);
}

const char *mode_no_looking(void)
{
    return "the one that is woken waits while this one looks: a slice of time";
}

const char *mode_no_kicks(void)
{
    return NULL;
}

void mode_kick(unsigned v)
{
    send(kick_port[v]);
}

void mode_kick_wait(unsigned v)
{
    struct sched_poll poll = {.nr_ports = 1};
    set_xen_guest_handle(poll.ports, &kick_port[v]);
    must(HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), "SCHEDOP_poll");
    take(kick_port[v]);
}

bool mode_shootdown(const volatile void *address, unsigned vcpus)
{
    const uint64_t all = (1ul << vcpus) - 1;
    struct mmuext_op op = {.cmd = MMUEXT_INVLPG_MULTI, .arg1.linear_addr = (unsigned long)address};
    set_xen_guest_handle(op.arg2.vcpumask, &all);
    must(HYPERCALL(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF, 0), "flushing a page of all vCPUs");
    return true;
}
