/*
 * print.c: formatted lines on the guest's console.
 *
 * Knows %s %c %d %u %x %lu %lx %p and %%, a width with leading zeros for
 * hexadecimal, and nothing else; the compiler checks the calls.
 */
#include "internal.h"
#include "pvbench/log.h"

struct sink {
    char *buffer;
    size_t size, used;
};

static void put(struct sink *sink, char c)
{
    if (sink->used + 1 < sink->size)
        sink->buffer[sink->used++] = c;
}

static void put_number(struct sink *sink, uint64_t value, unsigned base, unsigned width)
{
    char digits[24];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (width > n)
        put(sink, '0'), width--;
    while (n)
        put(sink, digits[--n]);
}

/* The analyzer does not see that the caller has started the list. */
/* NOLINTBEGIN(clang-analyzer-valist.Uninitialized) */
int format_text_v(char *buffer, size_t size, const char *format, va_list args)
{
    struct sink sink = {buffer, size, 0};
    for (; *format; format++) {
        if (*format != '%') {
            put(&sink, *format);
            continue;
        }
        unsigned width = 0;
        bool is_long = false;
        for (format++; *format >= '0' && *format <= '9'; format++)
            width = width * 10 + (unsigned)(*format - '0');
        for (; *format == 'l'; format++)
            is_long = true;
        switch (*format) {
        case 's':
            for (const char *s = va_arg(args, const char *); *s; s++)
                put(&sink, *s);
            break;
        case 'c':
            put(&sink, (char)va_arg(args, int));
            break;
        case 'd': {
            int64_t value = is_long ? va_arg(args, long) : va_arg(args, int);
            if (value < 0)
                put(&sink, '-');
            put_number(&sink, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, width);
            break;
        }
        case 'u':
        case 'x':
            put_number(&sink, is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned), *format == 'u' ? 10 : 16,
                       width);
            break;
        case 'p':
            put_number(&sink, (uintptr_t)va_arg(args, void *), 16, 0);
            break;
        default:
            put(&sink, *format);
        }
    }
    buffer[sink.used] = 0;
    return (int)sink.used;
}
/* NOLINTEND(clang-analyzer-valist.Uninitialized) */

int format_text(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int used = format_text_v(buffer, size, format, args);
    va_end(args);
    return used;
}

void print(const char *format, ...)
{
    static char line[PVB_LINE_MAX + 2];
    va_list args;
    va_start(args, format);
    int used = format_text_v(line, sizeof(line), format, args);
    va_end(args);
    mode_console_write(line, (size_t)used);
}
