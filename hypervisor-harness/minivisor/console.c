/*
 * console.c: the one way out for words.
 *
 * In the lab that is QEMU's debug console at port 0xe9: one instruction a
 * character, nothing asynchronous. Elsewhere it is the first serial port.
 * The minivisor's own lines begin with "M ", its guest's with "G ", so that
 * a guest cannot speak in the minivisor's name (pvbench/log.h).
 */
#include "console.h"
#include "cpu.h"
#include "guest.h"

#define DEBUG_PORT  0xe9
#define SERIAL_PORT 0x3f8

static bool use_debug_port; /* the computer has one console, whoever speaks */

void console_init(void)
{
    use_debug_port = inb(DEBUG_PORT) == DEBUG_PORT;
    if (use_debug_port)
        return;
    outb(SERIAL_PORT + 1, 0);    /* no interrupts */
    outb(SERIAL_PORT + 3, 0x80); /* divisor latch */
    outb(SERIAL_PORT + 0, 1);    /* 115200 baud */
    outb(SERIAL_PORT + 1, 0);
    outb(SERIAL_PORT + 3, 3); /* 8 bits, no parity */
    outb(SERIAL_PORT + 2, 7); /* FIFO on and cleared */
    outb(SERIAL_PORT + 4, 3); /* DTR, RTS */
}

bool console_in_lab(void)
{
    return use_debug_port;
}

static void put(char c)
{
    if (use_debug_port) {
        outb(DEBUG_PORT, (u8)c);
        return;
    }
    /* A serial port that does not exist answers 0xff: ready. */
    while (!(inb(SERIAL_PORT + 5) & 0x20))
        ;
    outb(SERIAL_PORT, (u8)c);
}

static void put_unsigned(u64 value, unsigned int base, unsigned int width, bool zeros)
{
    char digits[20];
    unsigned int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (width > n) {
        put(zeros ? '0' : ' ');
        width--;
    }
    while (n)
        put(digits[--n]);
}

/* %s %c %d %u %x %lu %lx %% with a width and a leading 0: what is used here. */
void vprint(const char *format, va_list args)
{
    for (; *format; format++) {
        bool zeros = false, is_long = false;
        unsigned int width = 0;

        if (*format != '%') {
            put(*format);
            continue;
        }
        format++;
        if (*format == '0') {
            zeros = true;
            format++;
        }
        while (*format >= '0' && *format <= '9')
            width = width * 10 + (unsigned int)(*format++ - '0');
        while (*format == 'l') {
            is_long = true;
            format++;
        }
        switch (*format) {
        case 's':
            for (const char *s = va_arg(args, const char *); *s; s++)
                put(*s);
            break;
        case 'c':
            put((char)va_arg(args, int));
            break;
        case 'd': {
            s64 value = is_long ? va_arg(args, s64) : va_arg(args, int);

            if (value < 0)
                put('-');
            put_unsigned(value < 0 ? -(u64)value : (u64)value, 10, width, zeros);
            break;
        }
        case 'u':
            put_unsigned(is_long ? va_arg(args, u64) : va_arg(args, unsigned int), 10, width, zeros);
            break;
        case 'x':
            put_unsigned(is_long ? va_arg(args, u64) : va_arg(args, unsigned int), 16, width, zeros);
            break;
        default:
            put(*format);
        }
    }
}

void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprint(format, args);
    va_end(args);
}

void console_guest_flush(void)
{
    if (guest.line.length == 0)
        return;
    put('G');
    put(' ');
    for (unsigned int i = 0; i < guest.line.length; i++)
        put(guest.line.text[i]);
    put('\n');
    guest.line.length = 0;
}

void console_guest_char(char c)
{
    if (c == '\n') {
        if (guest.line.length == 0)
            print("G \n");
        console_guest_flush();
        return;
    }
    /* Control characters would let a guest disturb a terminal. */
    if ((u8)c < ' ' || (u8)c >= 0x7f) {
        if (c == '\r' || c == '\0')
            return;
        c = '?';
    }
    if (guest.line.length == sizeof(guest.line.text))
        console_guest_flush();
    guest.line.text[guest.line.length++] = c;
}
