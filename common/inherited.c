/* inherited.c: descriptors, dispositions and masks that come over fork and exec; inherited.h says why. */
#include "common/inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <stdio.h>
#include <unistd.h>

static bool no_output;

static void fill(int fd, int flags)
{
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
        return;
    no_output |= fd == STDOUT_FILENO;
    int nothing = open("/dev/null", flags);
    if (nothing >= 0 && nothing != fd) {
        dup2(nothing, fd);
        close(nothing);
    }
}

static void nothing(int number)
{
    (void)number;
}

void inherited_as_error(int number)
{
    const struct sigaction action = {.sa_handler = nothing, .sa_flags = SA_RESTART};
    sigaction(number, &action, NULL);
}

void inherited_mend(void)
{
    sigset_t none;
    /* Reading what was not given, and writing where nobody listens, fails as it should. */
    fill(STDIN_FILENO, O_WRONLY);
    fill(STDOUT_FILENO, O_RDONLY);
    fill(STDERR_FILENO, O_RDWR);
    signal(SIGCHLD, SIG_DFL);
    inherited_as_error(SIGXFSZ);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

bool inherited_no_output(void)
{
    return no_output;
}

void inherited_catch(void (*note)(int number))
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction action = {.sa_handler = note};
    struct sigaction before;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

void inherited_begin_child(pid_t parent)
{
    sigset_t none;
    setpgid(0, 0);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* The parent may have died before this took effect. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
        _exit(126);
}

void inherited_report(int to)
{
    const int saved = errno;
    while (write(to, &saved, sizeof(saved)) < 0 && errno == EINTR)
        continue;
    _exit(127);
}

int inherited_failure(int from)
{
    int failure = 0;
    ssize_t n;
    while ((n = read(from, &failure, sizeof(failure))) < 0 && errno == EINTR)
        continue;
    return n == (ssize_t)sizeof(failure) ? failure : 0;
}

pid_t inherited_start(void (*become)(const void *with), const void *with)
{
    int report[2];
    const pid_t parent = getpid();
    if (pipe2(report, O_CLOEXEC))
        return -1;
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        inherited_begin_child(parent);
        become(with);
        inherited_report(report[1]);
    }
    int failure = errno;
    close(report[1]);
    if (pid > 0) {
        failure = inherited_failure(report[0]);
        if (failure)
            waitpid(pid, NULL, 0);
    }
    close(report[0]);
    errno = failure;
    return pid < 0 || failure ? -1 : pid;
}
