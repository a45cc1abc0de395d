/* A time of day that is a second later each time that it is asked for: to the emulator, the busiest of all computers.
 */
#include <sys/time.h>

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    static _Atomic long asked;
    (void)zone;
    now->tv_sec = 1767225600 + asked++;
    now->tv_usec = 0;
    return 0;
}
