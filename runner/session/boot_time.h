/*
 * boot_time.h: how long a boot may take.
 *
 * On a host that is measured in its seconds. In the lab it is measured by
 * the machine's own clock, so that the verdict is the same on every
 * computer, however slow or busy: what is inside keeps the limit itself and
 * ends at the same instruction everywhere; from here it is only seen
 * whether that has failed, in instructions too. Seconds of this computer
 * serve to see that nothing moves at all.
 *
 * An emulator that is busy need not answer: its recording holds the lock that
 * the monitor wants until the next timer of the machine, or for 2^31
 * instructions (icount_percpu_budget in QEMU's accel/tcg/tcg-accel-ops-icount.c),
 * which on a busy computer are many minutes. So its own use of the processor
 * counts as moving, within reason.
 */
#ifndef RUNNER_BOOT_TIME_H
#define RUNNER_BOOT_TIME_H

#include "common/patience.h"
#include "runner/hypervisor/hypervisor.h"
#include "runner/machine/lab_clock.h"
#include "runner/machine/lab_pace.h"

#include <sys/types.h>
#include <time.h>

/* An emulator that is neither heard nor seen to move for so long never will be. */
#define STANDSTILL_S 120

/* Nor one that has used so much of the processor since it last told of an instruction: 2^31 take a quarter of it. */
#define STANDSTILL_CPU_S 600

struct boot_time {
    const struct lab_pace *lab; /* NULL: on a host */
    long long last_line, moved; /* milliseconds of the monotonic clock */
    long long next_look;
    /* on a host */
    long long deadline, quiet_ms;
    unsigned limit_s;
    /* in the lab, in instructions: until its first word, and altogether */
    struct lab_clock clock;
    uint64_t start_limit, limit;
    long long standstill_ms;
    struct patience emulator;
    long long answer_ms; /* its time on a processor when it last told of an instruction */
};

/*
 * From now on. `lab`: its pace there; NULL: on a host. `process`: the emulator; `clock`: the lab's, from
 * lab_clock_open(), which belongs to the boot's time then.
 */
void boot_time_start(struct boot_time *t, const struct lab_pace *lab, unsigned timeout_s, pid_t process,
                     struct lab_clock clock);

/* A line has come. */
void boot_time_line(struct boot_time *t);

/* Is it time to look for what no line tells? Once in a while without a line. */
bool boot_time_to_look(struct boot_time *t);

/* Has it taken too long? `started`: its first word was heard. The reason, if so. */
bool boot_time_is_over(const struct boot_time *t, bool started, char *reason, size_t size);

void boot_time_end(struct boot_time *t);

#endif
