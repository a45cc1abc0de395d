/* stat_call.c: lmbench's stat: of a file by its path. */
#include "load.h"

#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "/tmp/stat"

static const char *setup(struct load_run *run)
{
    (void)run;
    close(load_file(FILE_NAME, 0));
    return NULL;
}

static void op(void)
{
    struct stat s;
    must(stat(FILE_NAME, &s) == 0, "stat");
}

static void teardown(void)
{
    unlink(FILE_NAME);
}

LOAD(stat_call, "syscalls", "stat() of a file by its path", .setup = setup, .op = op, .teardown = teardown);
