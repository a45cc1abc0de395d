/*
 * guest.c: where the Linux guest is, how it speaks and marks there, and its end.
 *
 * The runner says both on the kernel's command line (runner/hypervisor/linux_guest.h): pvbench.mode=MODE and
 * pvbench.platform=PLATFORM. Ports are written by /dev/port, which needs nothing of the processor that a hypervisor
 * might not give to user mode: a byte for the console is one instruction in the kernel, and nothing arrives later.
 */
#include "guest.h"

#include <pvbench/log.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SERIAL_PORT = 0x3f8, DEBUG_PORT = 0xe9, EXIT_PORT = 0xf4, SETTLE_MS = 30 };

static char mode[16] = "hvm", platform[16] = "none";
static int ports = -1, console = -1;

const char *guest_mode(void)
{
    return mode;
}

const char *guest_platform(void)
{
    return platform;
}

/* The word behind `key` on the command line. */
static void read_word(const char *line, const char *key, char *into, size_t size)
{
    const char *at = strstr(line, key);
    if (!at)
        return;
    at += strlen(key);
    size_t n = strcspn(at, " \n");
    n = n < size ? n : size - 1;
    memcpy(into, at, n);
    into[n] = 0;
}

static void read_command_line(void)
{
    char line[1024];
    int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
    if (fd >= 0)
        close(fd);
    line[n < 0 ? 0 : n] = 0;
    read_word(line, "pvbench.mode=", mode, sizeof(mode));
    read_word(line, "pvbench.platform=", platform, sizeof(platform));
}

static bool on_ports(void)
{
    const bool hvm_of_minivisor = strcmp(platform, "minivisor") == 0 && strcmp(mode, "hvm") == 0;
    return strcmp(platform, "kvm") == 0 || strcmp(platform, "none") == 0 || hvm_of_minivisor;
}

static void out_byte(unsigned port, char byte)
{
    if (pwrite(ports, &byte, 1, port) != 1)
        return;
}

static void put(const char *text, size_t size)
{
    const unsigned port = strcmp(platform, "none") == 0 ? DEBUG_PORT : SERIAL_PORT;
    for (size_t i = 0; ports >= 0 && i < size; i++)
        out_byte(port, text[i]);
    for (ssize_t n; ports < 0 && size && (n = write(console, text, size)) > 0; size -= (size_t)n)
        text += n;
}

void guest_say(const char *format, ...)
{
    char line[PVB_LINE_MAX + 2];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n > 0)
        put(line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

/*
 * A table of stubs, each at the address that says its mark. What they hold is Xen's forced emulation of CPUID
 * (xen/arch-x86/xen.h, XEN_EMULATE_PREFIX), the one instruction by which a program of a PV guest enters the hypervisor.
 */
static void make_stubs(void)
{
    static const unsigned char stub[] = {0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2, 0xc3};
    const size_t size = (PVB_MARK_LAST - PVB_MARK_BASE + 1) << PVB_MARK_STUB_SHIFT;
    unsigned char *table = (void *)((uintptr_t)PVB_MARK_BASE << PVB_MARK_STUB_SHIFT);
    if (mmap(table, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != table)
        return;
    for (size_t i = 0; i < size; i += 1u << PVB_MARK_STUB_SHIFT)
        memcpy(table + i, stub, sizeof(stub));
    mprotect(table, size, PROT_READ | PROT_EXEC);
}

void guest_mark(uint32_t mark)
{
    uint32_t a = mark, b, c = 0, d;
    if (strcmp(mode, "pv") == 0 && strcmp(platform, "kvm") != 0)
        asm volatile("call *%4"
                     : "+a"(a), "=b"(b), "+c"(c), "=d"(d)
                     : "r"((uintptr_t)mark << PVB_MARK_STUB_SHIFT)
                     : "memory");
    else
        asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d) : : "memory");
}

/* The console's reader is a domain beside this one, whose turns on the processor would be in the samples. */
void guest_settle(void)
{
    const struct timespec moment = {.tv_nsec = SETTLE_MS * 1000000L};
    if (!on_ports())
        nanosleep(&moment, NULL);
}

uint64_t guest_tsc_khz(void)
{
    static uint64_t khz;
    struct timespec a, b;
    if (khz)
        return khz;
    clock_gettime(CLOCK_MONOTONIC_RAW, &a);
    const uint64_t start = tsc_now();
    do
        clock_gettime(CLOCK_MONOTONIC_RAW, &b);
    while ((b.tv_sec - a.tv_sec) * 1000000000l + b.tv_nsec - a.tv_nsec < 1000000);
    khz = (tsc_now() - start) * 1000000 / (uint64_t)((b.tv_sec - a.tv_sec) * 1000000000l + b.tv_nsec - a.tv_nsec);
    return khz;
}

void guest_begin(void)
{
    mkdir("/dev", 0755);
    mkdir("/proc", 0755);
    mkdir("/tmp", 0755);
    mount("devtmpfs", "/dev", "devtmpfs", 0, "");
    mount("proc", "/proc", "proc", 0, "");
    mount("tmpfs", "/tmp", "tmpfs", 0, "");
    read_command_line();
    if (on_ports())
        ports = open("/dev/port", O_WRONLY | O_CLOEXEC);
    if (ports < 0)
        console = open("/dev/console", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (strcmp(mode, "pv") == 0 && strcmp(platform, "kvm") != 0)
        make_stubs();
}

void guest_end(int good)
{
    if (on_ports() && ports >= 0)
        out_byte(EXIT_PORT, good ? 0 : 1);
    reboot(good ? RB_POWER_OFF : RB_AUTOBOOT);
    for (;;)
        pause();
}
