/*
 * events.c: event channels, the interrupts of a PV guest, and the timer
 * (xen/event_channel.h; the shared page's bits are described in xen/xen.h).
 */
#include "pv.h"
#include <xen/event_channel.h>
#include <xen/sched.h>

static struct vcpu_info *const vcpu = &shared_info_page.vcpu_info[0];

evtchn_port_t pv_timer_port, pv_self_port;
volatile uint32_t pv_timer_events, pv_self_events;

void pv_events_init(void)
{
    vcpu->evtchn_upcall_mask = 1;
    memset(shared_info_page.evtchn_mask, 0xff, sizeof(shared_info_page.evtchn_mask));

    struct evtchn_bind_virq virq = {.virq = VIRQ_TIMER, .vcpu = 0};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &virq), "binding the timer's event");
    pv_timer_port = virq.port;
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi), "binding the event to ourselves");
    pv_self_port = ipi.port;

    const evtchn_port_t ports[] = {pv_timer_port, pv_self_port};
    for (unsigned i = 0; i < 2; i++) {
        shared_info_page.evtchn_pending[ports[i] / 64] &= ~(1ul << ports[i] % 64);
        shared_info_page.evtchn_mask[ports[i] / 64] &= ~(1ul << ports[i] % 64);
    }
}

static void handle(evtchn_port_t port)
{
    if (port == pv_timer_port)
        pv_timer_events++;
    else if (port == pv_self_port)
        pv_self_events++;
    else
        guest_panic("unexpected event on port %u", port);
}

/* Two levels of bits; the flags are cleared before the bits are looked at, so that none is lost (xen/xen.h). */
void event_upcall(void)
{
    vcpu->evtchn_upcall_pending = 0;
    uint64_t words = __atomic_exchange_n(&vcpu->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    while (words) {
        unsigned word = (unsigned)__builtin_ctzl(words);
        words &= words - 1;
        uint64_t *pending = &shared_info_page.evtchn_pending[word], bits;
        while ((bits = *(volatile uint64_t *)pending & ~shared_info_page.evtchn_mask[word])) {
            unsigned bit = (unsigned)__builtin_ctzl(bits);
            __atomic_and_fetch(pending, ~(1ul << bit), __ATOMIC_SEQ_CST);
            handle(word * 64 + bit);
        }
    }
}

void guest_irq_mask(void)
{
    *(volatile uint8_t *)&vcpu->evtchn_upcall_mask = 1;
}

/* An event that came while masked is not delivered by the store: any hypercall makes Xen look. */
void guest_irq_unmask(void)
{
    *(volatile uint8_t *)&vcpu->evtchn_upcall_mask = 0;
    if (*(volatile uint8_t *)&vcpu->evtchn_upcall_pending)
        guest_null_hypercall();
}

void guest_self_event(void)
{
    struct evtchn_send send = {.port = pv_self_port};
    uint32_t before = pv_self_events;
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), "sending an event");
    while (pv_self_events == before)
        ;
}

/* --- the timer: nanoseconds of the system time ------------------------------ */

guest_deadline guest_deadline_in(uint64_t microseconds)
{
    return guest_clock_ns() + microseconds * 1000;
}

uint64_t guest_deadline_tsc(guest_deadline deadline)
{
    return clock_ticks(deadline);
}

void guest_timer_arm(guest_deadline deadline)
{
    must(HYPERCALL2(__HYPERVISOR_set_timer_op, deadline, 0), "set_timer_op");
}

void guest_timer_disarm(void)
{
    must(HYPERCALL2(__HYPERVISOR_set_timer_op, 0, 0), "set_timer_op");
}

/* SCHEDOP_block unmasks events by itself, so that none slips in between. */
void guest_halt_until_timer(void)
{
    uint32_t before = pv_timer_events;
    while (pv_timer_events == before)
        HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
    guest_irq_mask();
}
