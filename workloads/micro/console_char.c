/*
 * console_char: one character on the console. Lines of 64 dots, so that the
 * log stays readable; nothing takes them for results.
 */
#include "guest.h"

enum { LINE = 64 };

static unsigned column;

static const char *setup(struct guest_run *run)
{
    (void)run;
    column = 0;
    return NULL;
}

static void op(void)
{
    char c = column == LINE ? '\n' : '.';
    column = column == LINE ? 0 : column + 1;
    guest_console_char(c);
}

static void teardown(void)
{
    if (column)
        guest_console_char('\n');
}

WORKLOAD(console_char, "I/O", "one character on the guest's console", .setup = setup, .op = op, .teardown = teardown);
