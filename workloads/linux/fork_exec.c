/* fork_exec.c: lmbench's exec: a process is made, becomes another program, which says a line to nobody, and ends. */
#include "load.h"
#include "programs.h"

#include <fcntl.h>
#include <unistd.h>

static const char *setup(struct load_run *run)
{
    (void)run;
    int fd = open("/dev/null", O_WRONLY);
    must(fd >= 0 && dup2(fd, 1) == 1, "/dev/null");
    close(fd);
    return NULL;
}

static void op(void)
{
    load_run_program(PROGRAM_HELLO, NULL, NULL);
}

LOAD(fork_exec, "processes", "fork(), exec of a static program, its exit, and the wait for it", .setup = setup,
     .op = op);
