/* signal_catch.c: lmbench's signal handler overhead: a signal to oneself, its handler, and the return. */
#include "load.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void handler(int number)
{
    (void)number;
    caught++;
}

static const char *setup(struct load_run *run)
{
    const struct sigaction action = {.sa_handler = handler};
    (void)run;
    must(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    return NULL;
}

static void op(void)
{
    const sig_atomic_t before = caught;
    kill(getpid(), SIGUSR1);
    must(caught == before + 1, "a signal that was caught");
}

static void teardown(void)
{
    signal(SIGUSR1, SIG_DFL);
}

LOAD(signal_catch, "signals", "kill() of oneself, the handler and its return", .setup = setup, .op = op,
     .teardown = teardown);
