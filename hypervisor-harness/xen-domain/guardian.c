/* guardian.c: waits for our last word, or for our end without it, and cleans up; guardian.h says why. */
#include "hypervisor-harness/xen-domain/guardian.h"
#include "hypervisor-harness/xen-domain/domain.h"
#include "hypervisor-harness/xen-domain/trace_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define GUARD_S 60 /* for destroying what was left */

/* What was told before its end; true when its end is a clean one. */
static bool listen_to(int from, bool *trace)
{
    char word;
    ssize_t n;
    while ((n = read(from, &word, 1)) == 1 || (n < 0 && errno == EINTR)) {
        if (n == 1 && word == GUARDIAN_CLEAN)
            return true;
        *trace |= n == 1 && word == GUARDIAN_TRACE;
    }
    return false;
}

/* Runs in a session of its own until its owner is gone. */
static void guard(int from, pid_t owner)
{
    char why[256];
    struct domain d;
    bool trace = false;
    int nothing = open("/dev/null", O_RDWR);
    setsid();
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    /* Whoever reads our output must see its end when we end. */
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    if (listen_to(from, &trace))
        _exit(0);
    /* First what needs no daemon: Xen's libraries wait for ever for one that has died. */
    if (trace)
        trace_buffer_give_back();
    signal(SIGALRM, SIG_DFL);
    alarm(GUARD_S);
    if (domain_connect(&d, why, sizeof(why)) == 0)
        domain_destroy_left(&d, owner);
    _exit(0);
}

int guardian_start(void)
{
    int ends[2];
    pid_t owner = getpid();
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        guard(ends[0], owner);
    }
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return -1;
    }
    return ends[1];
}

int guardian_tell(int guardian, enum guardian_word word)
{
    const char byte = (char)word;
    return write(guardian, &byte, 1) == 1 ? 0 : -1;
}
