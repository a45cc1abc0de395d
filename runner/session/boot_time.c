/* boot_time.c: the limits of a boot on a host and in the lab; boot_time.h says why they differ. */
#include "runner/session/boot_time.h"

#include <stdio.h>
#include <stdlib.h>

#define LOOK_MS 1000 /* of silence */

/* PVBENCH_STANDSTILL is for those who cannot wait, and for a computer on which the default is not enough. */
static long long standstill_ms(void)
{
    const char *given = getenv("PVBENCH_STANDSTILL");
    const long seconds = given ? strtol(given, NULL, 10) : 0;
    return (seconds > 0 ? seconds : STANDSTILL_S) * 1000LL;
}

void boot_time_start(struct boot_time *t, const struct lab_pace *lab, unsigned timeout_s, pid_t process,
                     struct lab_clock clock)
{
    *t = (struct boot_time){.lab = lab, .limit_s = timeout_s, .clock = clock, .standstill_ms = standstill_ms()};
    t->last_line = t->moved = now_ms();
    t->next_look = t->last_line + LOOK_MS;
    t->deadline = t->last_line + timeout_s * 1000LL;
    /* A guest that says nothing for a third of its time hangs: workloads say when they begin and end. */
    t->quiet_ms = (timeout_s + 2) / 3 * 1000LL;
    if (!lab)
        return;
    patience_begin(&t->emulator, process);
    t->answer_ms = t->emulator.used_ms;
    t->start_limit = (uint64_t)lab->start_s * LAB_TICKS_A_SECOND;
    /* What is inside has until then to begin, to see to its own limits, and to say what came of it. */
    t->limit = 2 * t->start_limit + (uint64_t)lab->starts * lab_seconds(lab, timeout_s) * LAB_TICKS_A_SECOND;
}

void boot_time_line(struct boot_time *t)
{
    t->last_line = t->moved = now_ms();
    t->next_look = t->last_line + LOOK_MS;
}

static void look_at_emulator(struct boot_time *t, long long now)
{
    const bool answered = lab_clock_look(&t->clock);
    if (patience_look(&t->emulator) == 0 || answered)
        t->moved = now;
    if (answered)
        t->answer_ms = t->emulator.used_ms;
}

bool boot_time_to_look(struct boot_time *t)
{
    const long long now = now_ms();
    const bool late = !t->lab && (now >= t->deadline || now >= t->last_line + t->quiet_ms);
    if (!late && now < t->next_look)
        return false;
    t->next_look = now + LOOK_MS;
    if (t->lab)
        look_at_emulator(t, now);
    return true;
}

static bool over_on_host(const struct boot_time *t, char *reason, size_t size)
{
    const long long now = now_ms();
    if (now >= t->deadline)
        snprintf(reason, size, "no end within %u s; " TIMEOUT_MEND, t->limit_s);
    else if (now >= t->last_line + t->quiet_ms)
        snprintf(reason, size, "not a line within %lld s; " TIMEOUT_MEND, t->quiet_ms / 1000);
    else
        return false;
    return true;
}

static bool over_in_lab(const struct boot_time *t, bool started, char *reason, size_t size)
{
    const uint64_t million = 1000000;
    if (now_ms() >= t->moved + t->standstill_ms)
        snprintf(reason, size, "not an instruction within %lld s: the emulator stands still", t->standstill_ms / 1000);
    else if (t->emulator.used_ms >= t->answer_ms + STANDSTILL_CPU_S * 1000LL)
        snprintf(reason, size, "not an instruction in %d s of the processor's time: the emulator stands still",
                 STANDSTILL_CPU_S);
    else if (!started && t->clock.instructions >= t->start_limit)
        snprintf(reason, size, "not a line within %llu million instructions",
                 (unsigned long long)(t->start_limit / million));
    else if (t->clock.instructions >= t->limit)
        snprintf(reason, size, "no end within %llu million instructions; " TIMEOUT_MEND,
                 (unsigned long long)(t->limit / million));
    else
        return false;
    return true;
}

bool boot_time_is_over(const struct boot_time *t, bool started, char *reason, size_t size)
{
    return t->lab ? over_in_lab(t, started, reason, size) : over_on_host(t, reason, size);
}

void boot_time_end(struct boot_time *t)
{
    lab_clock_close(&t->clock);
}
