/* error.c: keeps the one line of error.h. */
#include "runner/common/error.h"

#include <stdarg.h>
#include <stdio.h>

int pvb_fail(struct pvb_error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    /* Names and strings from files stand in it: it must stay one line, and not steer a terminal. */
    for (char *c = e->text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return -1;
}
