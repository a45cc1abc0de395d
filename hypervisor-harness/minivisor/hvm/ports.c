/*
 * ports.c: brings an access to a port to the device that registered it
 * (ports.h). What nobody owns reads as all ones.
 */
#include "ports.h"
#include "account.h"
#include "guest.h"
#include "hvm.h"
#include "memory.h"

#include <pvbench/log.h>

extern const struct port_device port_devices_start[], port_devices_end[];

static u32 read_nobody(u16 port)
{
    (void)port;
    return 0xffffffff;
}

void port_write_ignored(u16 port, u32 value)
{
    (void)port, (void)value;
}

/* The device of no port, so that every port has one, and an access need not ask. */
PORT_DEVICE(nobody, 1, 0, 1, read_nobody, port_write_ignored);

/* Each port's device, by its place among them: the minivisor's, the same for every guest. */
static u8 owners[0x10000];

static u64 place(const struct port_device *device)
{
    return ((u64)device - (u64)port_devices_start) / sizeof(*device);
}

static const struct port_device *owner(u16 port)
{
    return &port_devices_start[owners[port]];
}

static void take_ports(const struct port_device *device)
{
    for (u32 port = device->first; port <= device->last; port++) {
        if (owner((u16)port) != &nobody_ports)
            panic("port %x belongs to two devices, %s and %s", port, owner((u16)port)->name, device->name);
        owners[port] = (u8)place(device);
    }
}

void ports_init(void)
{
    if (place(port_devices_end) > 256)
        panic("more port devices than 256");
    memset(owners, (int)place(&nobody_ports), sizeof(owners));
    for (const struct port_device *device = port_devices_start; device != port_devices_end; device++)
        take_ports(device);
}

static void port_out(const struct port_device *device, u16 port, unsigned int bytes)
{
    if (likely(bytes == device->bytes))
        device->write(port, (u32)this_vmcb()->rax);
}

static void port_in(const struct port_device *device, u16 port, unsigned int bytes)
{
    u32 value = likely(bytes == device->bytes) ? device->read(port) : 0xffffffff;

    if (bytes == 1)
        this_vmcb()->rax = (this_vmcb()->rax & ~0xffull) | (u8)value;
    else if (bytes == 2)
        this_vmcb()->rax = (this_vmcb()->rax & ~0xffffull) | (u16)value;
    else
        this_vmcb()->rax = value;
}

void exit_ioio(void)
{
    u64 info = this_vmcb()->exit_info1;
    u16 port = IOIO_PORT(info);
    unsigned int bytes = IOIO_BYTES(info);

    if (unlikely(IOIO_STRING(info)))
        kill_guest("string I/O to port %x, which is not offered", port);
    this_vmcb()->rip = this_vmcb()->exit_info2;
    this_vmcb()->interrupt_shadow = 0;
    if (unlikely(port == PVB_MARK_PORT && !IOIO_IN(info))) {
        if (PVB_MARK_IS(this_vmcb()->rax))
            account_mark((u32)this_vmcb()->rax);
        return;
    }
    account_detail(PVB_CLASS_EXIT, PVB_EX_IOIO, port);
    if (IOIO_IN(info))
        port_in(owner(port), port, bytes);
    else
        port_out(owner(port), port, bytes);
}
