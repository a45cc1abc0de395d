/*
 * guest.c: where the Linux guest is, how it speaks and marks there, and its end.
 *
 * The runner says both on the kernel's command line (runner/hypervisor/linux_guest.h): pvbench.mode=MODE and
 * pvbench.platform=PLATFORM; its console is Xen's, or a UART, to which the program speaks past the kernel (ports.c).
 */
#include "guest.h"
#include "ports.h"

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
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SETTLE_MS = 30 };

static char mode[16] = "hvm", platform[16] = "none", console_name[16];
static int console = -1;
static bool has_ports;

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
    read_word(line, "console=", console_name, sizeof(console_name));
}

/* Its console is a UART. */
static bool on_ports(void)
{
    return strcmp(console_name, "ttyS0") == 0;
}

static bool on_xen(void)
{
    return strcmp(platform, "xen") == 0;
}

static bool on_kvm(void)
{
    return strcmp(platform, "kvm") == 0;
}

/* Its console is a UART, and it must leave that to the kernel, which is done with a line some time later. */
static bool speaks_through_kernel(void)
{
    return on_ports() && !has_ports;
}

/* There is no way to power off: reset is taken for it (hypervisor-harness/xen-domain/domain.c,
 * runner/hypervisor/hypervisor_kvm.c). */
static bool has_no_power_off(void)
{
    return (on_xen() && strcmp(mode, "hvm") == 0) || speaks_through_kernel();
}

static void put(const char *text, size_t size)
{
    if (has_ports)
        ports_put(strcmp(platform, "none") == 0 ? DEBUG_PORT : SERIAL_PORT, text, size);
    for (ssize_t n; !has_ports && size && (n = write(console, text, size)) > 0; size -= (size_t)n)
        text += n;
    if (speaks_through_kernel())
        tcdrain(console); /* nothing of it is left to be done in a region */
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
    if (strcmp(mode, "pv") == 0 && !on_kvm())
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
    if (!on_ports() || on_xen())
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
    /* Xen hands a byte to a device model in another domain, and waits for it; as many as an instruction has are one. */
    has_ports = on_ports() && ports_open(on_xen());
    if (!has_ports)
        console = open("/dev/console", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (speaks_through_kernel() && !on_kvm()) {
        guest_say(
            "pvbench: panic reason=this kernel has no /dev/port, and the processor lets no program write to a port; "
            "give a kernel with CONFIG_DEVPORT\n");
        guest_end(0);
    }
    if (strcmp(mode, "pv") == 0 && !on_kvm())
        make_stubs();
}

/* By a fault that the processor cannot take, and not by devices that may not be there, for which the kernel waits long.
 */
static void reset_soon(void)
{
    mkdir("/sys", 0755);
    mount("sysfs", "/sys", "sysfs", 0, "");
    int fd = open("/sys/kernel/reboot/type", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "triple", 6) != 6)
        return;
    close(fd);
}

void guest_end(int good)
{
    if (speaks_through_kernel())
        reset_soon();
    const char how = !good;
    if (has_ports && !on_xen())
        ports_put(EXIT_PORT, &how, 1);
    reboot(good && !has_no_power_off() ? RB_POWER_OFF : RB_AUTOBOOT);
    for (;;)
        pause();
}
