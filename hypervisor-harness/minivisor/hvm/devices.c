/*
 * devices.c: what paravirtual devices (device/) need of an HVM guest: the
 * pages that it sees, event channels whose other end is a back end's, and the
 * parameters by which it finds the store. No event makes an upcall: who waits
 * for one, polls.
 */
#include "guest.h"
#include "hvm.h"
#include "memory.h"
#include "device/device.h"

#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>

#define PORTS     64 /* one word of the pending bits */
#define STORE_GFN ((NPT_WINDOW >> PAGE_SHIFT) + 511)

void hvm_devices_init(void)
{
    u64 store = allocate_frames(1);

    guest.hvm.events.shared_info = phys_to_virt(allocate_frames(1));
    guest.hvm.events.ports = 1ull << 0 | 1ull << STORE_PORT;
    npt_show(STORE_GFN, store >> PAGE_SHIFT);
    devices_init(phys_to_virt(store));
}

void *hvm_memory(u64 gfn)
{
    u64 frame = npt_frame(gfn);

    return frame ? frame_to_virt(frame) : NULL;
}

static long add_to_physmap(u64 argument)
{
    struct xen_add_to_physmap map;
    u64 frame;

    if (!guest_read(&map, argument, sizeof(map)))
        return -XEN_EFAULT;
    if (map.domid != DOMID_SELF)
        return -XEN_EPERM;
    if (map.space != XENMAPSPACE_shared_info && map.space != XENMAPSPACE_grant_table)
        return -XEN_EINVAL;
    if (map.idx >= (map.space == XENMAPSPACE_grant_table ? GRANT_FRAMES : 1))
        return -XEN_EINVAL;
    frame = map.space == XENMAPSPACE_grant_table ? grants_frame(map.idx)
                                                 : virt_to_phys(guest.hvm.events.shared_info) >> PAGE_SHIFT;
    return npt_show(map.gpfn, frame) ? 0 : -XEN_EINVAL;
}

/* --- event channels --------------------------------------------------------- */

static bool is_open(u32 port)
{
    return port && port < PORTS && guest.hvm.events.ports >> port & 1;
}

bool hvm_port_is_unbound(u32 port)
{
    return is_open(port) && port != STORE_PORT;
}

void hvm_notify(u32 port)
{
    if (is_open(port))
        guest.hvm.events.shared_info->evtchn_pending[0] |= 1ull << port;
}

static long alloc_unbound(u64 argument)
{
    struct evtchn_alloc_unbound alloc;
    u64 unused = ~guest.hvm.events.ports;

    if (!guest_read(&alloc, argument, sizeof(alloc)))
        return -XEN_EFAULT;
    if (alloc.dom != DOMID_SELF)
        return -XEN_EPERM;
    if (alloc.remote_dom != 0)
        return -XEN_ESRCH;
    if (!unused)
        return -XEN_ENOSPC;
    alloc.port = (u32)__builtin_ctzll(unused);
    if (!guest_write(argument, &alloc, sizeof(alloc)))
        return -XEN_EFAULT;
    guest.hvm.events.ports |= 1ull << alloc.port;
    return 0;
}

static long close_port(u32 port)
{
    if (!hvm_port_is_unbound(port))
        return -XEN_EINVAL;
    guest.hvm.events.ports &= ~(1ull << port);
    guest.hvm.events.shared_info->evtchn_pending[0] &= ~(1ull << port);
    return 0;
}

static long send(u32 port)
{
    if (!is_open(port))
        return -XEN_EINVAL;
    device_event(port);
    return 0;
}

static long event_channel_op(u64 cmd, u64 argument)
{
    u32 port;

    if (cmd == EVTCHNOP_alloc_unbound)
        return alloc_unbound(argument);
    if (cmd != EVTCHNOP_send && cmd != EVTCHNOP_close)
        return -XEN_ENOSYS;
    if (!guest_read(&port, argument, sizeof(port)))
        return -XEN_EFAULT;
    return cmd == EVTCHNOP_send ? send(port) : close_port(port);
}

/* The ports of a list that are in use, as bits; 0: one is not, or cannot be read. */
static u64 ports_of(u64 list, u32 count)
{
    u64 bits = 0;

    for (u32 i = 0; i < count; i++) {
        u32 port;

        if (!guest_read(&port, list + i * sizeof(port), sizeof(port)) || !is_open(port))
            return 0;
        bits |= 1ull << port;
    }
    return bits;
}

/* All events come by calls of the guest's own: one that is not there yet cannot come while it waits. */
static long poll_ports(u64 argument)
{
    struct sched_poll poll;
    u64 list, ports;

    if (!guest_read(&poll, argument, sizeof(poll)))
        return -XEN_EFAULT;
    memcpy(&list, &poll.ports, sizeof(list));
    if (poll.nr_ports > PORTS || poll.timeout) /* there is no clock in which it could be told */
        return -XEN_EINVAL;
    ports = ports_of(list, poll.nr_ports);
    if (!ports)
        return -XEN_EINVAL;
    if (!(guest.hvm.events.shared_info->evtchn_pending[0] & ports))
        kill_guest("polls for ever: nobody sends events but at its own call");
    return 0;
}

/* --- and how the store is found ------------------------------------------------ */

static long get_param(u64 argument)
{
    struct xen_hvm_param param;

    if (!guest_read(&param, argument, sizeof(param)))
        return -XEN_EFAULT;
    if (param.domid != DOMID_SELF)
        return -XEN_EPERM;
    if (param.index != HVM_PARAM_STORE_PFN && param.index != HVM_PARAM_STORE_EVTCHN)
        return -XEN_EINVAL;
    param.value = param.index == HVM_PARAM_STORE_PFN ? STORE_GFN : STORE_PORT;
    return guest_write(argument, &param, sizeof(param)) ? 0 : -XEN_EFAULT;
}

long hvm_device_hypercall(void)
{
    u64 cmd = this_hvm()->regs.rdi, argument = this_hvm()->regs.rsi;

    switch (this_vmcb()->rax) {
    case __HYPERVISOR_event_channel_op:
        return event_channel_op(cmd, argument);
    case __HYPERVISOR_sched_op:
        return cmd == SCHEDOP_poll ? poll_ports(argument) : -XEN_ENOSYS;
    case __HYPERVISOR_memory_op:
        return cmd == XENMEM_add_to_physmap ? add_to_physmap(argument) : -XEN_ENOSYS;
    case __HYPERVISOR_hvm_op:
        return cmd == HVMOP_get_param ? get_param(argument) : -XEN_ENOSYS;
    default:
        return -XEN_ENOSYS;
    }
}
