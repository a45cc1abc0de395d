/*
 * ports.c: which device owns which port. What nobody owns reads as all ones.
 */
#include "account.h"
#include "guest.h"
#include "hvm.h"

#include <pvbench/log.h>

static u32 read_byte_port(u16 port)
{
    switch (port) {
    case 0x20:
    case 0x21:
    case 0xa0:
    case 0xa1:
        return pic_read(port);
    case 0x40 ... 0x43:
    case 0x61:
        return pit_read(port);
    case 0x3f8 ... 0x3ff:
        return uart_read(port);
    default:
        return 0xff;
    }
}

static void write_byte_port(u16 port, u8 value)
{
    switch (port) {
    case 0x20:
    case 0x21:
    case 0xa0:
    case 0xa1:
        pic_write(port, value);
        break;
    case 0x40 ... 0x43:
    case 0x61:
        pit_write(port, value);
        break;
    case 0x3f8 ... 0x3ff:
        uart_write(port, value);
        break;
    }
}

void exit_ioio(void)
{
    u64 info = vmcb->exit_info1;
    u16 port = IOIO_PORT(info);
    unsigned int bytes = IOIO_BYTES(info);

    if (unlikely(IOIO_STRING(info)))
        kill_guest("string I/O to port %x, which is not offered", port);
    vmcb->rip = vmcb->exit_info2;
    vmcb->interrupt_shadow = 0;
    if (unlikely(port == PVB_MARK_PORT && !IOIO_IN(info))) {
        if (PVB_MARK_IS(vmcb->rax))
            account_mark((u32)vmcb->rax);
        return;
    }
    account_detail(PVB_CLASS_EXIT, PVB_EX_IOIO, port);
    if (!IOIO_IN(info)) {
        if (bytes == 1)
            write_byte_port(port, (u8)vmcb->rax);
        return;
    }
    if (bytes == 1)
        vmcb->rax = (vmcb->rax & ~0xffull) | read_byte_port(port);
    else if (bytes == 2)
        vmcb->rax |= 0xffff;
    else
        vmcb->rax = port == PM_TIMER_PORT ? pm_timer_read() : 0xffffffff;
}
