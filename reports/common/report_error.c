/* report_error.c: one line an error; report_error.h says why. */
#include "reports/common/report_error.h"
#include "common/text.h"

#include <stdarg.h>

int report_fail(struct report_error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vline(e->text, sizeof(e->text), format, args);
    va_end(args);
    return -1;
}
