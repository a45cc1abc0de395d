/* read_call.c: lmbench's read: one byte of /dev/zero. */
#include "load.h"

#include <fcntl.h>
#include <unistd.h>

static int fd;

static const char *setup(struct load_run *run)
{
    (void)run;
    fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    must(fd >= 0, "/dev/zero");
    return NULL;
}

static void op(void)
{
    char byte;
    must(read(fd, &byte, 1) == 1, "read");
}

static void teardown(void)
{
    close(fd);
}

LOAD(read_call, "syscalls", "read() of one byte of /dev/zero", .setup = setup, .op = op, .teardown = teardown);
