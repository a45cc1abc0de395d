/* usage.c: one line that says what is wrong, and where to read what is right. */
#include "common/usage.h"
#include "common/memory.h"
#include "common/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int usage_error(const char *command, const char *format, ...)
{
    char *what;
    va_list args;
    va_start(args, format);
    if (vasprintf(&what, format, args) < 0)
        out_of_memory();
    va_end(args);
    text_print(stderr, "pvbench%s%s: %s; see pvbench%s%s --help", command ? " " : "", command ? command : "", what,
               command ? " " : "", command ? command : "");
    free(what);
    return EXIT_USAGE;
}

int usage_finish(int status)
{
    bool bad = ferror(stdout) != 0;
    bad = fflush(stdout) || bad;
    if (!bad)
        return status;
    fprintf(stderr, "pvbench: standard output: cannot be written: %s\n", strerror(errno));
    return EXIT_ERROR;
}
