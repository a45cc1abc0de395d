/* process.c: fork, exec and the certain end; process.h says why. */
#include "runner/common/process.h"
#include "common/inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* `inherited` as PROCESS_INHERITED, where `report` may lie: that is moved out of the way. -1: failed. */
static int inherit(int inherited, int *report)
{
    if (inherited < 0)
        return 0;
    *report = fcntl(*report, F_DUPFD_CLOEXEC, PROCESS_INHERITED + 1);
    if (inherited == PROCESS_INHERITED)
        return *report < 0 ? -1 : fcntl(inherited, F_SETFD, 0);
    return *report < 0 ? -1 : dup2(inherited, PROCESS_INHERITED);
}

/* Runs in the child, where only system calls are safe; reports errno through `report`. */
static void become(char *const argv[], const char *dir, const char *error_file, int inherited, int out, int report,
                   int gate, pid_t parent)
{
    char nothing;
    inherited_begin_child(parent);
    if (chdir(dir) == 0) {
        while (read(gate, &nothing, 1) < 0 && errno == EINTR)
            continue;
        int in = open("/dev/null", O_RDONLY), error = open(error_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
        if (in >= 0 && error >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
            dup2(error, STDERR_FILENO) >= 0 && inherit(inherited, &report) >= 0)
            execvp(argv[0], argv);
    }
    inherited_report(report);
}

static int open_pipes(int (*pipes)[2], unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (pipe2(pipes[i], O_CLOEXEC)) {
            int saved = errno;
            while (i-- > 0) {
                close(pipes[i][0]);
                close(pipes[i][1]);
            }
            errno = saved;
            return -1;
        }
    return 0;
}

int process_start(struct process *p, char *const argv[], const char *dir, const char *error_file, int inherited,
                  const struct process_watcher *w, struct pvb_error *e)
{
    enum { OUT, REPORT, GATE, PIPES };
    int pipes[PIPES][2];
    int *out = pipes[OUT], *report = pipes[REPORT], *gate = pipes[GATE];
    pid_t parent = getpid();
    if (open_pipes(pipes, PIPES))
        return pvb_fail(e, "%s: cannot be started: %s", argv[0], strerror(errno));
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(gate[1]);
        become(argv, dir, error_file, inherited, out[1], report[1], gate[0], parent);
    }
    int fork_errno = errno;
    close(out[1]);
    close(report[1]);
    close(gate[0]);
    if (pid > 0 && w)
        w->watch(w->context, pid);
    /* To close it opens it. */
    close(gate[1]);
    /* exec closes the other end: nothing to read means that it went well. */
    int child_errno = pid > 0 ? inherited_failure(report[0]) : fork_errno;
    close(report[0]);
    if (child_errno) {
        if (pid > 0)
            waitpid(pid, NULL, 0);
        close(out[0]);
        return pvb_fail(e, "%s: cannot be started: %s", argv[0], strerror(child_errno));
    }
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    *p = (struct process){.pid = pid, .out = out[0]};
    return 0;
}

void process_kill(struct process *p)
{
    if (!p->pid)
        return;
    kill(-p->pid, SIGKILL);
    kill(p->pid, SIGKILL);
}
