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
static XENCONS_RING_IDX written; /* ours of the indices: what stands in the page, the reader can change */
static bool broken;              /* what is still to be said goes to the hypervisor's own */

void ring_open(void *page, uint32_t port)
{
    ring = page;
    written = ring->out_prod;
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

static void await_room(void)
{
    for (;;) {
        const uint32_t waiting = written - ring->out_cons;
        if (waiting < sizeof(ring->out))
            return;
        if (waiting > sizeof(ring->out)) {
            broken = true;
            guest_panic("the console's reader has taken more than was written: to %u of %u", ring->out_cons, written);
        }
        notify();
        HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
}

static void put(char c)
{
    await_room();
    ring->out[MASK_XENCONS_IDX(written, ring->out)] = c;
    asm volatile("" : : : "memory"); /* x86 keeps stores in order; the compiler must too */
    ring->out_prod = ++written;
}

void ring_write(const char *text, size_t size)
{
    if (broken) {
        emergency_write(text, size);
        return;
    }
    for (size_t i = 0; i < size; i++)
        put(text[i]);
    notify();
}

void emergency_write(const char *text, size_t size)
{
    HYPERCALL(__HYPERVISOR_console_io, CONSOLEIO_write, size, text, 0, 0);
}
