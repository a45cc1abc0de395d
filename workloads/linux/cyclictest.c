/*
 * cyclictest.c: Debian's cyclictest (rt-tests): how late a thread of the highest priority is that sleeps for a
 * millisecond, as it says itself.
 *
 * An iteration is a run of the program, an operation one of its sleeps. A sample is what all of them were late
 * together, by the kernel's clock; the entries are those of the whole run, the program's start included.
 */
#include "debian.h"
#include "guest.h"
#include "load.h"
#include "said.h"

enum { SLEEPS = 50, NS_A_MS = 1000000 };
#define SAID "/tmp/said"

static const char *setup(struct load_run *run)
{
    run->ops_per_iteration = SLEEPS;
    debian_begin();
    return NULL;
}

static uint64_t told(void)
{
    static const char *const program[] = {
        "/usr/bin/cyclictest", "-t", "1", "-p", "80", "-i", "1000", "-l", "50", "-N", "-v", "-m", NULL};
    char said[DEBIAN_WORDS_MAX];
    uint64_t ns;
    debian_run(program, NULL, SAID);
    debian_read(SAID, said);
    must(said_cyclictest(said, SLEEPS, &ns), "a line of cyclictest's for each sleep");
    return ns * guest_tsc_khz() / NS_A_MS;
}

LOAD_THAT_NEEDS(cyclictest, "programs", "Debian's cyclictest: how late a thread wakes after a sleep",
                PVB_NEEDS_PROGRAMS, .setup = setup, .told = told);
