/*
 * boot.c: the guest's own start, until the first process is there and knows where it is.
 *
 * Nothing is done when its turn comes: it was over before any load. Its region is open when the guest starts, so that
 * whoever counts has all entries since the processor's first instruction, and the guest marks its end alone. Where it
 * began the guest does not know: it gives the time stamp of the end, from which the collector takes that of the start.
 * The phases are told apart by lines that the kernel writes to its log at any rate, whose times are microseconds.
 */
#include "boot.h"
#include "guest.h"
#include "load.h"

#include <pvbench/log.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HERE "pvbench: here"

/* What the kernel says when it begins with what comes next, in this order. The first one ends where its clock begins.
 */
static const struct {
    const char *phase, *ended_by;
} phases[] = {
    {"kernel", "initramfs..."},
    {"drivers", "Freeing unused kernel image (initmem)"},
};
enum { PHASES = sizeof(phases) / sizeof(phases[0]) };

static uint64_t ended;

void boot_is_over(uint32_t steady_region)
{
    ended = tsc_now();
    guest_mark(PVB_MARK_END(steady_region));
}

uint64_t boot_ended(void)
{
    return ended;
}

/* Of a record of the kernel's log, "LEVEL,NUMBER,MICROSECONDS,FLAGS;TEXT". */
static bool take_record(const char *record, uint64_t at[PHASES], uint64_t *here)
{
    const char *text = strchr(record, ';'), *time = strchr(record, ',');
    time = time ? strchr(time + 1, ',') : NULL;
    if (!text || !time)
        return false;
    const uint64_t us = strtoull(time + 1, NULL, 10);
    for (size_t i = 0; i < PHASES; i++)
        if (!at[i] && strstr(text, phases[i].ended_by))
            at[i] = us;
    if (strncmp(text + 1, HERE, strlen(HERE)) != 0)
        return false;
    *here = us;
    return true;
}

void boot_say_phases(unsigned index)
{
    uint64_t at[PHASES] = {0}, here = 0;
    char record[2048];
    ssize_t n;
    int log = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    must(log >= 0, "/dev/kmsg");
    const uint64_t now = tsc_now();
    must(write(log, HERE "\n", strlen(HERE) + 1) > 0, "/dev/kmsg");
    while ((n = read(log, record, sizeof(record) - 1)) > 0) {
        record[n] = 0;
        if (take_record(record, at, &here))
            break;
    }
    close(log);
    must(here, "the kernel's log");
    /* The kernel's clock counts from its beginning, the time stamp from another moment. */
    const uint64_t begin = now - here * guest_tsc_khz() / 1000;
    guest_say("pvbench: phase index=%u name=loader ended=%lu\n", index, begin);
    for (size_t i = 0; i < PHASES; i++)
        if (at[i])
            guest_say("pvbench: phase index=%u name=%s ended=%lu\n", index, phases[i].phase,
                      begin + at[i] * guest_tsc_khz() / 1000);
    guest_say("pvbench: phase index=%u name=init ended=%lu\n", index, ended);
}

LOAD(boot, "boot", "the guest's start, until its first process is there", .happened = boot_ended,
     .tell = boot_say_phases);
