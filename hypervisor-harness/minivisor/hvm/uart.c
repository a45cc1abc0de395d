/*
 * uart.c: a 16550A serial port (National Semiconductor PC16550D data
 * sheet), sending to the minivisor's console at once; nobody types. Its
 * interrupt is input 4 of the PIC.
 */
#include "console.h"
#include "hvm.h"
#include "ports.h"

#define LCR_DIVISOR  0x80
#define IER_TRANSMIT 0x02
#define MCR_LOOP     0x10
#define LSR_EMPTY    0x60 /* transmitter and its holding register */

static struct uart *this_uart(void)
{
    return &guest.hvm.board.uart;
}

void uart_init(void)
{
    this_uart()->divisor = 1;
}

static void update_line(void)
{
    pic_set_line(4, this_uart()->transmit_interrupt && (this_uart()->ier & IER_TRANSMIT));
}

static u8 identify(void)
{
    u8 id = this_uart()->fifo & 1 ? 0xc0 : 0;

    if (!this_uart()->transmit_interrupt || !(this_uart()->ier & IER_TRANSMIT))
        return id | 1;                       /* none pending */
    this_uart()->transmit_interrupt = false; /* reading clears it */
    update_line();
    return id | 2;
}

static u32 uart_read(u16 port)
{
    const struct uart *uart = this_uart();

    switch (port & 7) {
    case 0:
        return uart->lcr & LCR_DIVISOR ? (u8)uart->divisor : 0;
    case 1:
        return uart->lcr & LCR_DIVISOR ? (u8)(uart->divisor >> 8) : uart->ier;
    case 2:
        return identify();
    case 3:
        return uart->lcr;
    case 4:
        return uart->mcr;
    case 5:
        return LSR_EMPTY;
    case 6: /* carrier, data set ready, clear to send */
        return uart->mcr & MCR_LOOP ? (u8)((uart->mcr & 0x0c) << 4 | (uart->mcr & 2) << 3 | (uart->mcr & 1) << 5)
                                    : 0xb0;
    default:
        return uart->scratch;
    }
}

static void transmit(u8 value)
{
    if (!(this_uart()->mcr & MCR_LOOP))
        console_guest_char((char)value);
    this_uart()->transmit_interrupt = true;
    if (this_uart()->ier & IER_TRANSMIT)
        update_line();
}

static void uart_write(u16 port, u32 byte)
{
    struct uart *uart = this_uart();
    u8 value = (u8)byte;

    switch (port & 7) {
    case 0:
        if (uart->lcr & LCR_DIVISOR)
            uart->divisor = (u16)((uart->divisor & 0xff00) | value);
        else
            transmit(value);
        break;
    case 1:
        if (uart->lcr & LCR_DIVISOR) {
            uart->divisor = (u16)((uart->divisor & 0xff) | value << 8);
            break;
        }
        uart->transmit_interrupt |= (value & IER_TRANSMIT) && !(uart->ier & IER_TRANSMIT);
        uart->ier = value & 0x0f;
        update_line();
        break;
    case 2:
        uart->fifo = value;
        break;
    case 3:
        uart->lcr = value;
        break;
    case 4:
        uart->mcr = value & 0x1f;
        break;
    case 7:
        uart->scratch = value;
        break;
    }
}

PORT_DEVICE(uart, 0x3f8, 0x3ff, 1, uart_read, uart_write);
