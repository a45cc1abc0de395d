/* error.c: keeps the one line of error.h. */
#include "runner/common/error.h"
#include "common/text.h"

#include <stdarg.h>

int pvb_fail(struct pvb_error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vline(e->text, sizeof(e->text), format, args);
    va_end(args);
    return -1;
}
