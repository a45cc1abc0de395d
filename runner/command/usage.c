/* usage.c: how a wrong command line is answered: one line, status 2, the same for every command. */
#include "runner/command/commands.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

int option_error(const char *command, char **argv, int result)
{
    /* optopt is set for a short option, and for a long one whose argument is wrong. */
    const char *what = result == ':' ? "needs an argument" : "is not a known option, or takes no argument";
    if (optopt > 0 && optopt < 128)
        return usage_error(command, "-%c %s", optopt, what);
    return usage_error(command, "%s %s", argv[optind - 1], what);
}

int number_argument(const char *command, const char *option, const char *text, unsigned long min, unsigned long max,
                    unsigned *number)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n < min || n > max)
        return usage_error(command, "%s %s: give a number from %lu to %lu", option, text, min, max);
    *number = (unsigned)n;
    return 0;
}
