/* patience.c: the time of another process on the processor; patience.h says what for. */
#include "common/patience.h"
#include "common/monotonic.h"

long long now_ms(void)
{
    return (long long)(monotonic_ns() / 1000000);
}

/* -1 once the process is gone. */
static long long used_ms(const struct patience *p)
{
    struct timespec used;
    if (p->clock == CLOCK_REALTIME || clock_gettime(p->clock, &used))
        return -1;
    return used.tv_sec * 1000LL + used.tv_nsec / 1000000;
}

void patience_begin(struct patience *p, pid_t process)
{
    *p = (struct patience){.clock = CLOCK_REALTIME, .moved_ms = now_ms()};
    clockid_t clock;
    if (clock_getcpuclockid(process, &clock) == 0)
        p->clock = clock;
    p->used_ms = used_ms(p);
}

long long patience_look(struct patience *p)
{
    const long long now = now_ms(), used = used_ms(p);
    if (used > p->used_ms)
        p->moved_ms = now;
    p->used_ms = used;
    return now - p->moved_ms;
}
