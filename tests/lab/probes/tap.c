/* tap.c: counts; tap.h says what. */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned number, failed;

bool check(bool good, const char *what)
{
    printf("%s %u - %s\n", good ? "ok" : "not ok", ++number, what);
    failed += !good;
    return good;
}

void note(const char *format, ...)
{
    va_list args;
    printf("# ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

int tap_end(void)
{
    printf("1..%u\n", number);
    return failed != 0;
}
