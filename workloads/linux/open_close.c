/* open_close.c: lmbench's open/close: of a file for reading. */
#include "load.h"

#include <fcntl.h>
#include <unistd.h>

#define FILE_NAME "/tmp/open"

static const char *setup(struct load_run *run)
{
    (void)run;
    close(load_file(FILE_NAME, 0));
    return NULL;
}

static void op(void)
{
    int fd = open(FILE_NAME, O_RDONLY);
    must(fd >= 0 && close(fd) == 0, "open and close");
}

static void teardown(void)
{
    unlink(FILE_NAME);
}

LOAD(open_close, "syscalls", "open() and close() of a file", .setup = setup, .op = op, .teardown = teardown);
