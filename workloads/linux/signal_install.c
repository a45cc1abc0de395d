/* signal_install.c: lmbench's signal handler installation. */
#include "load.h"

#include <signal.h>

static void handler(int number)
{
    (void)number;
}

static void op(void)
{
    const struct sigaction action = {.sa_handler = handler};
    must(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
}

static void teardown(void)
{
    signal(SIGUSR1, SIG_DFL);
}

LOAD(signal_install, "signals", "sigaction(): a handler is installed", .op = op, .teardown = teardown);
