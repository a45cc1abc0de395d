/* error.c: keeps the one line of error.h. */
#include "runner/error.h"

#include <stdarg.h>
#include <stdio.h>

int pvb_fail(struct pvb_error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    return -1;
}
