/*
 * console.c: the paravirtual console, a ring shared with the console daemon
 * (xen/io/console.h). A guest without one (the first domain, which is its
 * own console daemon) uses the hypervisor's emergency console.
 */
#include "pv.h"
#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>

_Static_assert(sizeof(struct xencons_interface) <= PAGE_SIZE, "the ring is one page");

static volatile struct xencons_interface *ring;
static struct evtchn_send notification;

void pv_console_init(void)
{
    if (start_info->flags & SIF_INITDOMAIN || !start_info->console.domU.mfn)
        return;
    ring = (void *)pv_page_of_frame(start_info->console.domU.mfn);
    notification.port = start_info->console.domU.evtchn;
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

void mode_console_write(const char *text, size_t size)
{
    if (!ring) {
        HYPERCALL(__HYPERVISOR_console_io, CONSOLEIO_write, size, text, 0, 0);
        return;
    }
    for (size_t i = 0; i < size; i++)
        put(text[i]);
    notify();
}

void guest_console_char(char c)
{
    mode_console_write(&c, 1);
}
