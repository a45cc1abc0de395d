/* SCHEDOP_poll: with what cannot be polled, for ever, and that it ends when it should. */
#include "../hostile.h"
#include "pv/pv.h"
#include <xen/event_channel.h>
#include <xen/sched.h>

static long poll(const void *ports, uint32_t count, uint64_t timeout)
{
    struct sched_poll request = {.nr_ports = count, .timeout = timeout};

    *(uint64_t *)&request.ports = (uintptr_t)ports;
    return HYPERCALL(__HYPERVISOR_sched_op, SCHEDOP_poll, &request, 0, 0, 0);
}

static evtchn_port_t new_port(void)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 0};

    must(HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi, 0, 0, 0), "bind_ipi");
    return ipi.port;
}

/* None may be accepted; the last port of a list is looked at, too. */
static void wild_polls(void)
{
    static const uint32_t wild[] = {0, 63, 64, 65535, 0x7fffffff, 0xffffffff};
    static const uint64_t pointers[] = {HYPERVISOR_ADDRESS, 0x800000000000ul, UNMAPPED_ADDRESS, 0xfffffffffffffffcul};
    static const uint32_t counts[] = {129, 0x40000000, 0x40000001, 0xffffffff};
    static uint32_t list[128];
    uint32_t port = new_port();
    unsigned bad = 0;

    for (unsigned i = 0; i < 128; i++)
        list[i] = port;
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        list[127] = wild[i];
        bad += poll(&wild[i], 1, 1) != -22;
        bad += poll(list, 128, 1) != -22;
    }
    for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        bad += poll((void *)pointers[i], 1, 1) != -14;
    }
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        bad += poll(list, counts[i], 1) != -22;
    survived("%u wild polls accepted", bad);
}
HOSTILE(wild_polls, wild_polls);

static void poll_for_ever(void)
{
    evtchn_port_t port = new_port();

    survived("%ld", poll(&port, 1, 0));
}
HOSTILE(poll_for_ever, poll_for_ever);

static void poll_nothing_for_ever(void)
{
    survived("%ld", poll(NULL, 0, 0));
}
HOSTILE(poll_nothing_for_ever, poll_nothing_for_ever);

/* The watchdog does not wait so long. */
static void poll_for_36_years(void)
{
    evtchn_port_t port = new_port();

    survived("%ld", poll(&port, 1, ~0ul));
}
HOSTILE(poll_for_36_years, poll_for_36_years);

enum { MILLISECOND = 1000000 };

/* Each way in which a poll ends, and when. */
static unsigned polls_ended_wrongly(void)
{
    evtchn_port_t port = new_port();
    struct evtchn_send send = {.port = port};
    uint64_t start, *pending = &shared_info_page.evtchn_pending[0];
    unsigned bad = 0;

    /* A masked port that is pending, alone and behind another one: at once, and it stays pending. */
    evtchn_port_t both[] = {new_port(), port};
    must(HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send, 0, 0, 0), "send");
    start = guest_clock_ns();
    bad += poll(&port, 1, 0) != 0 || poll(both, 2, 0) != 0 || !(*pending >> port & 1);
    bad += guest_clock_ns() - start > MILLISECOND;
    *pending &= ~(1ul << port);

    /* A time that is over: at once. */
    start = guest_clock_ns();
    bad += poll(&port, 1, 1) != 0 || guest_clock_ns() - start > MILLISECOND;

    /* A time to come, with nothing and with something to poll; the guest's timer, later, is not lost. */
    guest_timer_arm(guest_clock_ns() + 3 * MILLISECOND);
    start = guest_clock_ns();
    bad += poll(NULL, 0, start + MILLISECOND) != 0 || guest_clock_ns() - start < MILLISECOND;
    bad += guest_clock_ns() - start > 2 * MILLISECOND;

    /* The timer's event, which is not polled: it is for an upcall, though upcalls are masked. */
    bad += poll(&port, 1, 0) != 0 || guest_clock_ns() - start < 3 * MILLISECOND;
    bad += !shared_info_page.vcpu_info[0].evtchn_upcall_pending;

    /* It is still pending and masked, which is no reason not to wait. */
    start = guest_clock_ns();
    bad += poll(&port, 1, start + MILLISECOND) != 0 || guest_clock_ns() - start < MILLISECOND;

    /* Not masked: it is delivered in place of any waiting. */
    start = guest_clock_ns();
    shared_info_page.vcpu_info[0].evtchn_upcall_mask = 0;
    bad += poll(&port, 1, start + 10 * MILLISECOND) != 0 || guest_clock_ns() - start > MILLISECOND;
    guest_irq_mask();
    return bad;
}

static void polls(void)
{
    survived("%u polls ended wrongly", polls_ended_wrongly());
}
HOSTILE(polls, polls);
