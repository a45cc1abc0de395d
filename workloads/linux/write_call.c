/* write_call.c: lmbench's write: one byte to /dev/null. */
#include "load.h"

#include <fcntl.h>
#include <unistd.h>

static int fd;

static const char *setup(struct load_run *run)
{
    (void)run;
    fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    must(fd >= 0, "/dev/null");
    return NULL;
}

static void op(void)
{
    must(write(fd, "", 1) == 1, "write");
}

static void teardown(void)
{
    close(fd);
}

LOAD(write_call, "syscalls", "write() of one byte to /dev/null", .setup = setup, .op = op, .teardown = teardown);
