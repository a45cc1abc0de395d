/* still.c: the library with the clock that stands, from inside of pvbench to the emulator. */
#include "hypervisor-harness/lab/lab.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

__asm__(".pushsection .rodata\n"
        "still_clock: .incbin \"" LAB_STILL_CLOCK_FILE "\"\n"
        "still_clock_end:\n"
        ".popsection\n");
extern const char still_clock[], still_clock_end[];

/* A name in a folder could hold what the loader takes for the end of a path, and the folder might not be for programs.
 */
int lab_still_clock(void)
{
    /* cppcheck-suppress comparePointers ; both are the assembler's */
    const size_t size = (size_t)(still_clock_end - still_clock);
    const int fd = memfd_create("pvbench-still-clock", MFD_CLOEXEC);
    size_t done = 0;
    while (fd >= 0 && done < size) {
        const ssize_t n = write(fd, still_clock + done, size - done);
        if (n < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return fd;
}
