/* fork_exit.c: lmbench's fork, and Adams and Agesen's forkwait: a process is made, ends, and is waited for. */
#include "load.h"

#include <sys/wait.h>
#include <unistd.h>

static void op(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    must(child > 0 && waitpid(child, NULL, 0) == child, "fork");
}

LOAD(fork_exit, "processes", "fork(), the child's exit, and the wait for it", .op = op);
