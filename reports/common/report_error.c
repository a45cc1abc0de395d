/* report_error.c: one line an error; report_error.h says why. */
#include "reports/common/report_error.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

int report_fail(struct report_error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    return -1;
}

int report_usage(const char *command, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "pvbench %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; see pvbench %s --help\n", command);
    return 2;
}

int report_bad_option(const char *command, char **argv, int result)
{
    /* optopt is set for a short option, and for a long one whose argument is wrong. */
    const char *what = result == ':' ? "needs an argument" : "is not a known option, or takes no argument";
    if (optopt > 0 && optopt < 128)
        return report_usage(command, "-%c %s", optopt, what);
    return report_usage(command, "%s %s", argv[optind - 1], what);
}
