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

static u8 ier, lcr, mcr, scratch, fifo;
static u16 divisor = 1;
static bool transmit_interrupt;

static void update_line(void)
{
    pic_set_line(4, transmit_interrupt && (ier & IER_TRANSMIT));
}

static u8 identify(void)
{
    u8 id = fifo & 1 ? 0xc0 : 0;

    if (!transmit_interrupt || !(ier & IER_TRANSMIT))
        return id | 1;          /* none pending */
    transmit_interrupt = false; /* reading clears it */
    update_line();
    return id | 2;
}

static u32 uart_read(u16 port)
{
    switch (port & 7) {
    case 0:
        return lcr & LCR_DIVISOR ? (u8)divisor : 0;
    case 1:
        return lcr & LCR_DIVISOR ? (u8)(divisor >> 8) : ier;
    case 2:
        return identify();
    case 3:
        return lcr;
    case 4:
        return mcr;
    case 5:
        return LSR_EMPTY;
    case 6: /* carrier, data set ready, clear to send */
        return mcr & MCR_LOOP ? (u8)((mcr & 0x0c) << 4 | (mcr & 2) << 3 | (mcr & 1) << 5) : 0xb0;
    default:
        return scratch;
    }
}

static void transmit(u8 value)
{
    if (!(mcr & MCR_LOOP))
        console_guest_char((char)value);
    transmit_interrupt = true;
    if (ier & IER_TRANSMIT)
        update_line();
}

static void uart_write(u16 port, u32 byte)
{
    u8 value = (u8)byte;

    switch (port & 7) {
    case 0:
        if (lcr & LCR_DIVISOR)
            divisor = (u16)((divisor & 0xff00) | value);
        else
            transmit(value);
        break;
    case 1:
        if (lcr & LCR_DIVISOR) {
            divisor = (u16)((divisor & 0xff) | value << 8);
            break;
        }
        transmit_interrupt |= (value & IER_TRANSMIT) && !(ier & IER_TRANSMIT);
        ier = value & 0x0f;
        update_line();
        break;
    case 2:
        fifo = value;
        break;
    case 3:
        lcr = value;
        break;
    case 4:
        mcr = value & 0x1f;
        break;
    case 7:
        scratch = value;
        break;
    }
}

PORT_DEVICE(uart, 0x3f8, 0x3ff, 1, uart_read, uart_write);
