/* process.c: fork, exec and the certain end; process.h says why. */
#include "runner/common/process.h"
#include "common/environment.h"
#include "common/inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT, REPORT, GATE, PIPES };

/* Out of the way of those that are given; -1: failed. */
static int move_up(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, PROCESS_INHERITED + PROCESS_INHERITED_MAX);
}

/* `report` may lie where one of them belongs, and so may any of them. -1: failed. */
static int inherit(const struct process_order *o, int *report)
{
    int moved[PROCESS_INHERITED_MAX] = {0};
    if (!o->inheriteds)
        return 0;
    *report = move_up(*report);
    for (unsigned i = 0; i < o->inheriteds; i++)
        moved[i] = move_up(o->inherited[i]);
    for (unsigned i = 0; i < o->inheriteds; i++)
        if (moved[i] < 0 || dup2(moved[i], PROCESS_INHERITED + (int)i) < 0)
            return -1;
    return *report < 0 ? -1 : 0;
}

/* Runs in the child, where only system calls are safe; reports errno through `report`. */
static void become(const struct process_order *o, char *const env[], int out, int report, int gate, pid_t parent)
{
    char nothing;
    inherited_begin_child(parent);
    if (chdir(o->dir) == 0) {
        while (read(gate, &nothing, 1) < 0 && errno == EINTR)
            continue;
        int in = open("/dev/null", O_RDONLY),
            error = open(o->error_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
        if (in >= 0 && error >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
            dup2(error, STDERR_FILENO) >= 0 && inherit(o, &report) >= 0)
            execvpe(o->argv[0], o->argv, env);
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

/* The child's number, or -1 with errno. */
static pid_t start_child(const struct process_order *o, int (*pipes)[2])
{
    const pid_t parent = getpid();
    char **env = o->preload ? environment_with(o->preload, NULL) : environ;
    if (!env)
        return -1;
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        close(pipes[GATE][1]);
        become(o, env, pipes[OUT][1], pipes[REPORT][1], pipes[GATE][0], parent);
    }
    const int saved = errno;
    environment_free(env);
    errno = saved;
    return pid;
}

int process_start(struct process *p, const struct process_order *o, struct pvb_error *e)
{
    int pipes[PIPES][2];
    int *out = pipes[OUT], *report = pipes[REPORT], *gate = pipes[GATE];
    if (open_pipes(pipes, PIPES))
        return pvb_fail(e, "%s: cannot be started: %s", o->argv[0], strerror(errno));
    const pid_t pid = start_child(o, pipes);
    int fork_errno = errno;
    close(out[1]);
    close(report[1]);
    close(gate[0]);
    if (pid > 0 && o->watcher.watch)
        o->watcher.watch(o->watcher.context, pid);
    /* To close it opens it. */
    close(gate[1]);
    /* exec closes the other end: nothing to read means that it went well. */
    int child_errno = pid > 0 ? inherited_failure(report[0]) : fork_errno;
    close(report[0]);
    if (child_errno) {
        if (pid > 0)
            waitpid(pid, NULL, 0);
        close(out[0]);
        return pvb_fail(e, "%s: cannot be started: %s", o->argv[0], strerror(child_errno));
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
