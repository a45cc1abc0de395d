/*
 * events.c: event channels (two-level ABI, xen/event_channel.h), the shared
 * page with its clock, the timer, blocking, and the end of the domain.
 *
 * Everything in the shared page may be changed by the guest at any time:
 * it is read as hints about the guest's wishes and never as the
 * minivisor's own state.
 */
#include "account.h"
#include "console.h"
#include "guest.h"
#include "pv.h"
#include "timer.h"
#include "user_copy.h"
#include "device/device.h"

#include <pvbench/log.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

void events_init(u64 console_frame)
{
    u64 address = allocate_frames(1);
    struct vcpu_time_info *time;

    guest.pv.shared_info = phys_to_virt(address);
    page_infos[address >> PAGE_SHIFT].owner = OWNER_SHARED;
    for (unsigned int i = 0; i < guest.turns.count; i++) {
        struct vcpu_info *info = &guest.pv.shared_info->vcpu_info[i];

        guest.turns.vcpu[i]->pv.vcpu_info = info;
        info->evtchn_upcall_mask = 1;
        time = &info->time;
        time->version = 2; /* even: complete; it never changes */
        time->tsc_timestamp = guest.boot_tsc;
        time->tsc_to_system_mul = clock_mul;
        time->tsc_shift = (int8_t)clock_shift;
    }
    this_pv()->initialised = true;
    if (guest_has_several())
        pv_several_init();
    guest.pv.console_ring = frame_to_virt(console_frame);
    guest.pv.port_use[0] = PORT_RESERVED;
    guest.pv.port_use[STORE_PORT] = PORT_RESERVED; /* the store's end is not its own to close */
    guest.pv.port_use[CONSOLE_PORT] = PORT_CONSOLE;
}

static bool test_and_set(volatile u64 *word, unsigned int bit)
{
    u64 old = *word;

    *word = old | (1ull << bit);
    return (old >> bit) & 1;
}

static void want_upcall(struct vcpu_info *vcpu_info)
{
    vcpu_info->evtchn_pending_sel |= 1;
    vcpu_info->evtchn_upcall_pending = 1;
}

static void set_pending(u32 port)
{
    struct shared_info *shared = guest.pv.shared_info;

    if (test_and_set((u64 *)&shared->evtchn_pending[0], port))
        return;
    if ((shared->evtchn_mask[0] >> port) & 1)
        return;
    want_upcall(this_pv()->vcpu_info);
}

/* Of a guest with several vCPUs. One that waits finds it when it is looked at (schedule.c). */
void pv_set_pending(u32 port)
{
    struct shared_info *shared = guest.pv.shared_info;

    if (!test_and_set((u64 *)&shared->evtchn_pending[0], port) && !((shared->evtchn_mask[0] >> port) & 1))
        want_upcall(guest.turns.vcpu[guest.pv.port_vcpu[port]]->pv.vcpu_info);
}

static void raise_virq(u32 virq)
{
    if (this_pv()->virq_port[virq])
        set_pending(this_pv()->virq_port[virq]);
}

void pv_timer_fires(void)
{
    raise_virq(VIRQ_TIMER);
}

/* What the guest's kernel has put into its console ring. */
static void drain_console(void)
{
    u32 consumer = guest.pv.console_ring->out_cons, producer = guest.pv.console_ring->out_prod;
    bool was_full = producer - consumer == sizeof(guest.pv.console_ring->out);

    if (producer - consumer > sizeof(guest.pv.console_ring->out))
        kill_guest("console ring: producer %u, consumer %u", producer, consumer);
    for (; consumer != producer; consumer++)
        console_guest_char(guest.pv.console_ring->out[consumer % sizeof(guest.pv.console_ring->out)]);
    guest.pv.console_ring->out_cons = consumer;
    if (was_full) /* only then can the guest be waiting for room */
        pv_set_pending(CONSOLE_PORT);
}

static long send(u32 port)
{
    if (port >= EVENT_PORTS)
        return -XEN_EINVAL;
    switch (guest.pv.port_use[port]) {
    case PORT_IPI:
        set_pending(port);
        return 0;
    case PORT_CONSOLE:
        drain_console();
        return 0;
    case PORT_UNBOUND:
    case PORT_RESERVED:
        if (unlikely(guest.devices.ports >> port & 1))
            device_event(port);
        return 0;
    default:
        return -XEN_EINVAL;
    }
}

bool pv_port_is_unbound(u32 port)
{
    return port < EVENT_PORTS && guest.pv.port_use[port] == PORT_UNBOUND;
}

/* The guest may have closed it meanwhile, and have it for something else. */
void pv_notify(u32 port)
{
    if (port == STORE_PORT || pv_port_is_unbound(port))
        pv_set_pending(port);
}

static u32 new_port(enum port_use use, u32 vcpu)
{
    for (u32 port = CONSOLE_PORT + 1; port < EVENT_PORTS; port++) {
        if (guest.pv.port_use[port] != PORT_FREE)
            continue;
        guest.pv.port_use[port] = (u8)use;
        guest.pv.port_vcpu[port] = (u8)vcpu;
        return port;
    }
    return 0;
}

static long close_port(u32 port)
{
    if (port >= EVENT_PORTS || port <= CONSOLE_PORT || guest.pv.port_use[port] == PORT_FREE)
        return -XEN_EINVAL;
    if (guest.pv.port_use[port] == PORT_VIRQ)
        guest.turns.vcpu[guest.pv.port_vcpu[port]]->pv.virq_port[guest.pv.port_virq[port]] = 0;
    guest.pv.port_use[port] = PORT_FREE;
    guest.pv.shared_info->evtchn_pending[0] &= ~(1ull << port);
    return 0;
}

/* The answer to a guest that has bound a port. If it cannot be told which one, it has none. */
static long give_port(u64 argument, const void *answer, u64 size, u32 port)
{
    if (copy_to_guest(argument, answer, size))
        return 0;
    close_port(port);
    return -XEN_EFAULT;
}

/* Those of which each vCPU has one of its own. */
static bool virq_is_each_ones(u32 virq)
{
    return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF || virq == VIRQ_XENPMU;
}

static long bind_virq(u64 argument)
{
    struct evtchn_bind_virq bind;
    u32 *port;

    if (!copy_from_guest(&bind, argument, sizeof(bind)))
        return -XEN_EFAULT;
    if (bind.virq >= NR_VIRQS || bind.vcpu >= guest.turns.count || (bind.vcpu && !virq_is_each_ones(bind.virq)))
        return -XEN_EINVAL;
    port = &guest.turns.vcpu[bind.vcpu]->pv.virq_port[bind.virq];
    if (*port)
        return -XEN_EEXIST;
    bind.port = new_port(PORT_VIRQ, bind.vcpu);
    if (!bind.port)
        return -XEN_ENOSPC;
    *port = bind.port;
    guest.pv.port_virq[bind.port] = bind.virq;
    return give_port(argument, &bind, sizeof(bind), bind.port);
}

static long bind_ipi(u64 argument)
{
    struct evtchn_bind_ipi bind;

    if (!copy_from_guest(&bind, argument, sizeof(bind)))
        return -XEN_EFAULT;
    if (bind.vcpu >= guest.turns.count)
        return -XEN_ENOENT;
    bind.port = new_port(PORT_IPI, bind.vcpu);
    if (!bind.port)
        return -XEN_ENOSPC;
    return give_port(argument, &bind, sizeof(bind), bind.port);
}

static long alloc_unbound(u64 argument)
{
    struct evtchn_alloc_unbound alloc;

    if (!copy_from_guest(&alloc, argument, sizeof(alloc)))
        return -XEN_EFAULT;
    alloc.port = new_port(PORT_UNBOUND, 0);
    if (!alloc.port)
        return -XEN_ENOSPC;
    return give_port(argument, &alloc, sizeof(alloc), alloc.port);
}

static long unmask(u32 port)
{
    if (port >= EVENT_PORTS)
        return -XEN_EINVAL;
    guest.pv.shared_info->evtchn_mask[0] &= ~(1ull << port);
    if ((guest.pv.shared_info->evtchn_pending[0] >> port) & 1)
        want_upcall(guest.turns.vcpu[guest.pv.port_vcpu[port]]->pv.vcpu_info);
    return 0;
}

static long port_status(u64 argument)
{
    static const u8 xen_status[] = {
        [PORT_FREE] = EVTCHNSTAT_closed,     [PORT_RESERVED] = EVTCHNSTAT_interdomain,
        [PORT_UNBOUND] = EVTCHNSTAT_unbound, [PORT_VIRQ] = EVTCHNSTAT_virq,
        [PORT_IPI] = EVTCHNSTAT_ipi,         [PORT_CONSOLE] = EVTCHNSTAT_interdomain,
    };
    struct evtchn_status status;

    if (!copy_from_guest(&status, argument, sizeof(status)))
        return -XEN_EFAULT;
    if (status.port >= EVENT_PORTS)
        return -XEN_EINVAL;
    status.status = xen_status[guest.pv.port_use[status.port]];
    status.vcpu = guest.pv.port_vcpu[status.port];
    if (guest.pv.port_use[status.port] == PORT_VIRQ)
        status.u.virq = guest.pv.port_virq[status.port];
    return copy_to_guest(argument, &status, sizeof(status)) ? 0 : -XEN_EFAULT;
}

long do_event_channel_op(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    u32 port = 0;

    (void)a3, (void)a4, (void)a5, (void)regs;
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_event_channel_op, cmd);
    switch (cmd) {
    case EVTCHNOP_bind_virq:
        return bind_virq(argument);
    case EVTCHNOP_bind_ipi:
        return bind_ipi(argument);
    case EVTCHNOP_alloc_unbound:
        return alloc_unbound(argument);
    case EVTCHNOP_status:
        return port_status(argument);
    case EVTCHNOP_send:
    case EVTCHNOP_close:
    case EVTCHNOP_unmask: /* their argument is a port and nothing else */
        if (!get_guest_u32(&port, argument))
            return -XEN_EFAULT;
        return cmd == EVTCHNOP_send ? send(port) : cmd == EVTCHNOP_close ? close_port(port) : unmask(port);
    default:
        return -XEN_ENOSYS;
    }
}

/*
 * Sleeps until an interrupt has come, or until `deadline` (TSC; 0: none).
 * Time asleep is not work: the entry's clock is moved on by it, so that the
 * books hold what sleeping costs and not how long it lasted.
 */
static void sleep(u64 deadline)
{
    u64 entered = this_vcpu()->entry_tsc, asleep = rdtsc();

    if (deadline)
        timer_wait_until(deadline);
    else
        timer_wait();
    this_vcpu()->entry_tsc = entered + (rdtsc() - asleep);
}

static inline __attribute__((always_inline)) void wait_for_event(void)
{
    while (!this_pv()->vcpu_info->evtchn_upcall_pending) {
        if (!timer_deadline() && !guest.watchdog.asks)
            kill_guest("blocks for ever: no timer is armed and nobody sends events");
        sleep(0);
    }
}

/* For a guest that wants to know how long: what it takes to tell it is none of the costs of one that does not. */
static __attribute__((noinline)) void block_and_tell(void)
{
    u64 begun = this_vcpu()->entry_tsc;

    wait_for_event();
    this_pv()->asleep += this_vcpu()->entry_tsc - begun;
    pv_tell_runstate();
}

static void block(void)
{
    this_pv()->vcpu_info->evtchn_upcall_mask = 0;
    if (unlikely(this_pv()->runstate_area))
        block_and_tell();
    else
        wait_for_event();
}

/* 1: one of the ports is pending; 0: none is; negative: an error. */
static long poll_ports(u64 list, u32 count)
{
    if (!range_is_guests(list, count * sizeof(u32)))
        return -XEN_EFAULT;
    for (u32 i = 0; i < count; i++) {
        u32 port;

        if (!load_guest_u32(&port, list + i * sizeof(port)))
            return -XEN_EFAULT;
        if (port == 0 || port >= EVENT_PORTS || guest.pv.port_use[port] == PORT_FREE)
            return -XEN_EINVAL;
        if ((guest.pv.shared_info->evtchn_pending[0] >> port) & 1)
            return 1;
    }
    return 0;
}

/*
 * Waits for a port to be pending, masked or not, or for the timeout. As in
 * Xen any event that becomes pending for an upcall ends it, even while
 * upcalls are masked.
 */
static long poll(u64 argument)
{
    struct sched_poll request;
    u64 list, deadline = 0;
    bool masked; /* with an event already pending, so that another one changes nothing */
    long found;

    if (!copy_from_guest(&request, argument, sizeof(request)))
        return -XEN_EFAULT;
    if (request.nr_ports > POLL_PORTS)
        return -XEN_EINVAL;
    memcpy(&list, &request.ports, sizeof(list));
    if (request.timeout)
        deadline = guest_time_to_tsc(request.timeout);
    masked = this_pv()->vcpu_info->evtchn_upcall_pending && this_pv()->vcpu_info->evtchn_upcall_mask;
    while (masked || !this_pv()->vcpu_info->evtchn_upcall_pending) {
        found = poll_ports(list, request.nr_ports);
        if (found)
            return MIN(found, 0l);
        if (deadline && rdtsc() >= deadline)
            return 0;
        if (!deadline && !timer_deadline() && !guest.watchdog.asks)
            kill_guest("polls for ever: no timeout, no timer is armed and nobody sends events");
        sleep(deadline);
    }
    return 0;
}

static noreturn void shutdown(u64 argument)
{
    static const char *const reasons[] = {"poweroff", "reboot", "suspend", "crash", "crash", "reboot"};
    u32 reason;

    if (!copy_from_guest(&reason, argument, sizeof(reason)) || reason >= ARRAY_SIZE(reasons))
        kill_guest("shutdown for no known reason");
    end_guest(reasons[reason]);
}

long do_sched_op(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a3, (void)a4, (void)a5, (void)regs;
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_sched_op, cmd);
    switch (cmd) {
    case SCHEDOP_yield: /* to nobody */
        return 0;
    case SCHEDOP_block:
        block();
        return 0;
    case SCHEDOP_poll:
        return poll(argument);
    case SCHEDOP_shutdown:
        shutdown(argument);
    default:
        return -XEN_ENOSYS;
    }
}

/* `when`: ns of the guest's time; 0 disarms. */
static void arm(u64 when)
{
    u64 deadline;

    if (!when) {
        timer_set(0);
        return;
    }
    deadline = guest_time_to_tsc(when);
    if (deadline <= rdtsc()) {
        timer_set(0);
        pv_timer_fires();
        return;
    }
    timer_set(deadline);
}

long do_set_timer_op(u64 when, u64 a2, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a2, (void)a3, (void)a4, (void)a5, (void)regs;
    arm(when);
    return 0;
}

long do_vcpu_op(u64 cmd, u64 vcpu, u64 argument, u64 a4, u64 a5, struct regs *regs)
{
    struct vcpu_set_singleshot_timer single;

    (void)a4, (void)a5, (void)regs;
    if (cmd == VCPUOP_is_up && PVB_MARK_IS(vcpu)) {
        account_mark((u32)vcpu);
        return -XEN_ENOENT;
    }
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_vcpu_op, cmd);
    if (vcpu != 0)
        return -XEN_ENOENT;
    switch (cmd) {
    case VCPUOP_is_up:
        return 1;
    case VCPUOP_stop_periodic_timer: /* there is none */
        return 0;
    case VCPUOP_set_singleshot_timer:
        if (!copy_from_guest(&single, argument, sizeof(single)))
            return -XEN_EFAULT;
        if ((single.flags & VCPU_SSHOTTMR_future) && single.timeout_abs_ns < ticks_to_ns(rdtsc() - guest.boot_tsc))
            return -XEN_ETIME;
        arm(single.timeout_abs_ns);
        return 0;
    case VCPUOP_stop_singleshot_timer:
        arm(0);
        return 0;
    default:
        return pv_area_op(cmd, argument);
    }
}
