/* deadline.c: a timer whose handler does nothing but write() and _exit(). */
#include "hypervisor-harness/xen-domain/deadline.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const char *volatile reason;
static volatile sig_atomic_t seconds;

static void say(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        _exit(1);
}

static void tick(int number)
{
    (void)number;
    if (++seconds < DEADLINE_S) {
        say("M note waiting for Xen's libraries\n");
        return;
    }
    say("M kill reason=");
    say(reason);
    say("\nM end reason=error\n");
    _exit(1);
}

static void set_timer(time_t period)
{
    const struct itimerval timer = {{period, 0}, {period, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void deadline_begin(const char *what)
{
    const struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    fflush(stdout);
    reason = what;
    seconds = 0;
    sigaction(SIGALRM, &action, NULL);
    set_timer(1);
}

void deadline_end(void)
{
    set_timer(0);
}
