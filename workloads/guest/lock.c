/*
 * lock.c: yield, kick and wait as Xen offers them to PV and to HVM guests
 * alike (xen/sched.h, xen/event_channel.h). A kick is an event on a port
 * that stays masked: it makes no upcall, but it ends a poll of the port
 * (Linux, arch/x86/xen/spinlock.c).
 */
#include "lock.h"
#include "hypercall.h"
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/sched.h>

static evtchn_port_t port;

void xen_yield(void)
{
    must(HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0), "SCHEDOP_yield");
}

static uint64_t *word_of(uint64_t *bits)
{
    return &bits[port / 64];
}

static void clear(uint64_t *bits)
{
    __atomic_and_fetch(word_of(bits), ~(1ul << port % 64), __ATOMIC_SEQ_CST);
}

const char *xen_kick_begin(void)
{
    static const char nothing[] = "no event channels to kick by: without a paravirtual interface a lock spins";
    if (!mode_shared_info)
        return nothing;
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    long result = HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi);
    if (result == -XEN_ENOSYS) /* there are some, but for devices alone */
        return nothing;
    must(result, "binding the lock's event");
    port = ipi.port;
    __atomic_or_fetch(word_of(mode_shared_info->evtchn_mask), 1ul << port % 64, __ATOMIC_SEQ_CST);
    clear(mode_shared_info->evtchn_pending);
    return NULL;
}

void xen_kick(void)
{
    struct evtchn_send send = {.port = port};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), "EVTCHNOP_send");
}

void xen_kick_wait(void)
{
    struct sched_poll poll = {.nr_ports = 1};
    set_xen_guest_handle(poll.ports, &port);
    must(HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), "SCHEDOP_poll");
    clear(mode_shared_info->evtchn_pending);
}

void xen_kick_end(void)
{
    struct evtchn_close close = {.port = port};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), "closing the lock's event");
}
