/* libraries.c: what the emulator is started with and the plugin, from inside of pvbench to the emulator. */
#include "hypervisor-harness/lab/lab.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

__asm__(".pushsection .rodata\n"
        "emulator: .incbin \"" LAB_LIBRARY_FILE "\"\n"
        "emulator_end:\n"
        "plugin: .incbin \"" LAB_PLUGIN_FILE "\"\n"
        "plugin_end:\n"
        ".popsection\n");
extern const char emulator[], emulator_end[], plugin[], plugin_end[];

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* linux/memfd.h since 6.3, which wants it said; older kernels do not know it */
#endif

static int program_file(const char *name)
{
    const int fd = memfd_create(name, MFD_CLOEXEC | MFD_EXEC);
    return fd < 0 && errno == EINVAL ? memfd_create(name, MFD_CLOEXEC) : fd;
}

/* A name in a folder could hold what the loader takes for the end of a path, and the folder might not be for programs.
 */
static int library(const char *name, const char *bytes, size_t size)
{
    const int fd = program_file(name);
    size_t done = 0;
    while (fd >= 0 && done < size) {
        const ssize_t n = write(fd, bytes + done, size - done);
        if (n < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return fd;
}

int lab_library(void)
{
    /* cppcheck-suppress comparePointers ; both are the assembler's */
    return library("pvbench-emulator", emulator, (size_t)(emulator_end - emulator));
}

int lab_plugin(void)
{
    /* cppcheck-suppress comparePointers ; both are the assembler's */
    return library("pvbench-plugin", plugin, (size_t)(plugin_end - plugin));
}
