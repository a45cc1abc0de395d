/* trace_command.c: a fork that waits at a gate; trace_command.h says why. */
#include "runner/command/trace_command.h"

#include "common/patience.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 5000 /* with a program that was asked to end */

/* Says by the same gate why it cannot become the program. */
static void become(int gate, char *const *argv)
{
    char go;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (read(gate, &go, 1) == 1) {
        execvp(argv[0], argv);
        int why = errno;
        ssize_t said = write(gate, &why, sizeof(why));
        (void)said;
    }
    _exit(127);
}

int trace_command_start(struct trace_command *c, char *const *argv, struct pvb_error *e)
{
    int ends[2];
    *c = (struct trace_command){.argv = argv, .gate = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return pvb_fail(e, "%s: cannot be started: %s", argv[0], strerror(errno));
    c->pid = fork();
    if (c->pid == 0) {
        close(ends[0]);
        become(ends[1], argv);
    }
    int why = errno;
    close(ends[1]);
    c->gate = ends[0];
    if (c->pid > 0)
        return 0;
    c->pid = 0;
    return pvb_fail(e, "%s: cannot be started: %s", argv[0], strerror(why));
}

/* The other end is closed by exec itself. */
int trace_command_go(struct trace_command *c, struct pvb_error *e)
{
    int why = 0;
    if (send(c->gate, "", 1, MSG_NOSIGNAL) != 1)
        why = errno;
    while (!why && read(c->gate, &why, sizeof(why)) < 0 && errno == EINTR)
        ;
    close(c->gate);
    c->gate = -1;
    return why ? pvb_fail(e, "%s: cannot be started: %s", c->argv[0], strerror(why)) : 0;
}

void trace_command_end(struct trace_command *c)
{
    if (c->gate >= 0)
        close(c->gate);
    if (c->pid <= 0)
        return;
    const struct timespec a_while = {0, 10000000};
    long long end = now_ms() + PATIENCE_MS;
    kill(c->pid, SIGTERM);
    /* One that is stopped hears no other signal. */
    kill(c->pid, SIGCONT);
    while (waitpid(c->pid, NULL, WNOHANG) == 0) {
        if (now_ms() > end)
            kill(c->pid, SIGKILL);
        nanosleep(&a_while, NULL);
    }
    c->pid = 0;
}
