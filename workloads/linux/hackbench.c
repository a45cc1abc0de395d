/*
 * hackbench.c: Debian's hackbench (rt-tests): four processes send 25 messages of 100 bytes to each of four others, by
 * sockets: forks, switches of processes and system calls.
 */
#include "debian.h"
#include "load.h"

#define SAID "/tmp/said"

static const char *setup(struct load_run *run)
{
    (void)run;
    debian_begin();
    return NULL;
}

static void op(void)
{
    static const char *const program[] = {"/usr/bin/hackbench", "-g", "1", "-f", "4", "-l", "25", "-s", "100", NULL};
    debian_run(program, NULL, SAID);
}

static void check(void)
{
    char said[DEBIAN_WORDS_MAX];
    debian_read(SAID, said);
    debian_must_say(said, "(== 8 tasks)");
    debian_must_say(said, "Each sender will pass 25 messages of 100 bytes");
    debian_must_say(said, "\nTime: ");
}

LOAD_THAT_NEEDS(hackbench, "programs", "Debian's hackbench: 8 processes, 400 messages, its start included",
                PVB_NEEDS_PROGRAMS, .setup = setup, .op = op, .teardown = check);
