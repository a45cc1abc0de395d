/* usage.c: one line that says what is wrong, and where to read what is right. */
#include "command/usage.h"

#include <stdarg.h>
#include <stdio.h>

int usage_error(const char *command, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "pvbench%s%s: ", command ? " " : "", command ? command : "");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; see pvbench%s%s --help\n", command ? " " : "", command ? command : "");
    return EXIT_USAGE;
}

int usage_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("pvbench: standard output");
    return EXIT_ERROR;
}
