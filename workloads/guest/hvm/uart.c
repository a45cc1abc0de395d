/*
 * uart.c: the console, a 16550 at COM1, polled. A monitor without one may
 * have QEMU's debug console, which answers 0xe9 at its own port.
 */
#include "hvm.h"

enum { COM1 = 0x3f8, THR = 0, IER = 1, FCR = 2, LCR = 3, MCR = 4, LSR = 5, LSR_THR_EMPTY = 0x20, DEBUGCON = 0xe9 };

static enum { NOWHERE, UART, DEBUG } console;

void hvm_console_init(void)
{
    if (inb(COM1 + LSR) != 0xff) {
        console = UART;
        outb(COM1 + IER, 0);
        outb(COM1 + LCR, 0x80); /* divisor latch: 115200 baud */
        outb(COM1 + THR, 1);
        outb(COM1 + IER, 0);
        outb(COM1 + LCR, 0x03); /* 8n1 */
        outb(COM1 + FCR, 0x01); /* FIFO on */
        outb(COM1 + MCR, 0x03); /* DTR, RTS */
    } else if (inb(DEBUGCON) == DEBUGCON) {
        console = DEBUG;
    }
}

static void put(char c)
{
    if (console == UART) {
        while (!(inb(COM1 + LSR) & LSR_THR_EMPTY))
            ;
        outb(COM1 + THR, (uint8_t)c);
    } else if (console == DEBUG) {
        outb(DEBUGCON, (uint8_t)c);
    }
}

void mode_console_write(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        put(text[i]);
}

void guest_console_char(char c)
{
    put(c);
}
