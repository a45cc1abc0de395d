/*
 * ring.c: see ring.h. A guest without a ring (the first domain, which is
 * its own console daemon) uses the hypervisor's emergency console.
 */
#include "ring.h"
#include "hypercall.h"
#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>

_Static_assert(sizeof(struct xencons_interface) <= PAGE_SIZE, "the ring is one page");

static volatile struct xencons_interface *ring;
static struct evtchn_send notification;

void ring_open(void *page, uint32_t port)
{
    ring = page;
    notification.port = port;
}

bool ring_is_open(void)
{
    return ring;
}

static void notify(void)
{
    HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &notification);
}

static void put(char c)
{
    while (ring->out_prod - ring->out_cons >= sizeof(ring->out)) {
        notify();
        HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
    ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = c;
    asm volatile("" : : : "memory"); /* x86 keeps stores in order; the compiler must too */
    ring->out_prod++;
}

void ring_write(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        put(text[i]);
    notify();
}

void emergency_write(const char *text, size_t size)
{
    HYPERCALL(__HYPERVISOR_console_io, CONSOLEIO_write, size, text, 0, 0);
}
