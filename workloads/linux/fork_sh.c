/* fork_sh.c: lmbench's sh: a process is made, becomes a shell, and the shell runs a program in another one. */
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
    load_run_program(PROGRAM_SHELL, "-c", PROGRAM_HELLO);
}

LOAD(fork_sh, "processes", "fork(), exec of a small shell, which runs a program, and the wait for it", .setup = setup,
     .op = op);
