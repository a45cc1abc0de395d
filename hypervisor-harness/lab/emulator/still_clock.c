/*
 * still_clock.c: in the emulator, the time of day stands still.
 *
 * QEMU sizes its software TLB by use within windows of 100 ms of this computer's time
 * (tlb_mmu_resize_locked and get_clock_realtime in its accel/tcg/cputlb.c): on a busy computer more windows
 * end within the same instructions, and the TLB shrinks. What is inside sees that, since x86
 * lets it leave a stale entry in the TLB for as long as a spurious fault is handled, as Xen and Linux do: with
 * another size another entry is gone, and another page walk sets another accessed bit. With a clock that
 * stands, no window ends, and the size depends on what is executed and nothing else.
 *
 * The time itself is of no use there: the machine's own clock counts from a fixed date (lab.c, -rtc).
 */
#include <sys/time.h>

#define SOME_DAY 1767225600 /* 2026-01-01 */

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    now->tv_sec = SOME_DAY;
    now->tv_usec = 0;
    return 0;
}
