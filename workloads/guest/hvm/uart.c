/*
 * uart.c: the console: QEMU's debug console where there is one, which answers 0xe9
 * at its own port; else a 16550 at COM1, polled; a PVH guest
 * of Xen has neither and finds a ring by its parameters (xen/hvm/params.h).
 */
#include "hvm.h"
#include "../ring.h"
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

enum {
    COM1 = 0x3f8,
    THR = 0,
    IER = 1,
    FCR = 2,
    LCR = 3,
    MCR = 4,
    LSR = 5,
    LSR_THR_EMPTY = 0x20,
    FIFO = 16,
    DEBUGCON = 0xe9
};

static enum { NOWHERE, UART, DEBUG, RING, EMERGENCY } console;
static bool has_uart;

void hvm_console_init(void)
{
    if (inb(DEBUGCON) == DEBUGCON)
        console = DEBUG;
    if (inb(COM1 + LSR) != 0xff) {
        if (console == NOWHERE)
            console = UART;
        has_uart = true;
        outb(COM1 + IER, 0);
        outb(COM1 + LCR, 0x80); /* divisor latch: 115200 baud */
        outb(COM1 + THR, 1);
        outb(COM1 + IER, 0);
        outb(COM1 + LCR, 0x03); /* 8n1 */
        outb(COM1 + FCR, 0x01); /* FIFO on */
        outb(COM1 + MCR, 0x03); /* DTR, RTS */
    }
}

uint64_t hvm_parameter(uint32_t index)
{
    struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index};
    return HYPERCALL2(__HYPERVISOR_hvm_op, HVMOP_get_param, &param) ? 0 : param.value;
}

/*
 * On Xen itself the results leave by the ring even where there is a 16550:
 * a character there is two round trips to a device model in another domain.
 */
void hvm_console_xen(void)
{
    if (console != NOWHERE && platform != PLATFORM_XEN)
        return;
    uint64_t frame = hvm_parameter(HVM_PARAM_CONSOLE_PFN);
    if (!frame) {
        if (console == NOWHERE)
            console = EMERGENCY;
        return;
    }
    console = RING;
    hvm_map_identity(frame * PAGE_SIZE, PTE_RW);
    ring_open((void *)(frame * PAGE_SIZE), (uint32_t)hvm_parameter(HVM_PARAM_CONSOLE_EVTCHN));
}

static void put(char c)
{
    while (!(inb(COM1 + LSR) & LSR_THR_EMPTY))
        ;
    outb(COM1 + THR, (uint8_t)c);
}

/* An empty transmitter takes as many characters as its FIFO has places. */
static void put_all(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (i % FIFO)
            outb(COM1 + THR, (uint8_t)text[i]);
        else
            put(text[i]);
}

static void debug_write(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        outb(DEBUGCON, (uint8_t)text[i]);
}

void mode_console_write(const char *text, size_t size)
{
    if (console == RING)
        ring_write(text, size);
    else if (console == EMERGENCY)
        emergency_write(text, size);
    else if (console == DEBUG)
        debug_write(text, size);
    else if (console == UART)
        put_all(text, size);
}

/* What console_char measures, by the shortest way: KVM's paravirtual console, else the 16550. */
void guest_console_char(char c)
{
    if (platform == PLATFORM_KVM && hvm_virtio_console_put(c))
        return;
    if (has_uart)
        put(c);
    else
        mode_console_write(&c, 1);
}
