/*
 * events.c: event channels, the interrupts of a PV guest
 * (xen/event_channel.h; the shared page's bits are described in xen/xen.h).
 */
#include "pv.h"
#include <xen/event_channel.h>

void pv_events_init(void)
{
    shared_info_page.vcpu_info[0].evtchn_upcall_mask = 1;
    memset(shared_info_page.evtchn_mask, 0xff, sizeof(shared_info_page.evtchn_mask));
}

void event_upcall(void)
{
    guest_panic("unexpected event");
}
