/* devices.c: the start of the devices, their events, and which mode's ways they go. */
#include "device.h"
#include "disk.h"
#include "guest.h"
#include "memory.h"
#include "timer.h"
#include "hvm/hvm.h"
#include "pv/pv.h"

void devices_init(void *store_page)
{
    grants_init();
    store_init(store_page);
    block_init();
    net_init();
    guest.devices.ports = 1ull << STORE_PORT;
    disk_init();
    watchdog_begin_asking();
}

void device_event(u32 port)
{
    if (port == STORE_PORT)
        store_serve();
    else if (port == guest.devices.block.back.port)
        block_serve();
    else if (port == guest.devices.net.back.port)
        net_serve();
}

void *guest_memory(u64 frame)
{
    return guest.mode == GUEST_PV ? pv_memory(frame) : hvm_memory(frame);
}

bool guest_port_is_unbound(u32 port)
{
    return guest.mode == GUEST_PV ? pv_port_is_unbound(port) : hvm_port_is_unbound(port);
}

void guest_notify(u32 port)
{
    if (guest.mode == GUEST_PV)
        pv_notify(port);
    else
        hvm_notify(port);
}
