/*
 * clock.c: how often the kernel's own clock has interrupted, as the kernel has counted it (/proc/interrupts).
 *
 * A tick that falls into an operation is none of the operation's cost, and its entries are none of its entries: whoever
 * reads a mean or a count must be able to tell how many there were. The local APIC's timer, Xen's virtual one and the
 * PIT are each called by a name of theirs; a guest has one of them at work.
 */
#include "guest.h"
#include "load.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT = 1 << 14 };

/* "timer" of the PIT and the 8259s, "timer0" of Xen's vCPU 0, "LOC:". */
static bool is_clock(const char *line, size_t length)
{
    size_t last = length;
    while (last && line[last - 1] != ' ')
        last--;
    return strncmp(line + strspn(line, " "), "LOC:", 4) == 0 || strncmp(line + last, "timer", 5) == 0;
}

uint64_t guest_clock_interrupts(void)
{
    static char text[TEXT];
    uint64_t sum = 0;
    size_t size = 0;
    const int fd = open("/proc/interrupts", O_RDONLY | O_CLOEXEC);
    must(fd >= 0, "/proc/interrupts");
    for (ssize_t n; size + 1 < TEXT && (n = read(fd, text + size, TEXT - 1 - size)) > 0; size += (size_t)n)
        continue;
    close(fd);
    text[size] = 0;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        const char *colon = strchr(line, ':');
        if (colon && is_clock(line, (size_t)(end - line)))
            sum += strtoull(colon + 1, NULL, 10);
    }
    return sum;
}
