/*
 * init.c: the first process of a Linux host in the lab.
 *
 * It brings up what one command needs, runs that command, hands what it
 * said and its result out by the debug console, and ends the machine,
 * whatever happens: a machine that stayed up would be a hang to those outside.
 *
 * What to do stands in files that the boot's own archive brings:
 *   work/modules     kernel modules to load, one path a line, in this order
 *   work/arguments   the command, one argument a line
 *   work/symbols     "1": what its code is called is wanted, too; always of one size, so that memory is the same
 *   work/result      written by the command, as are the consoles in
 *   work/logs/BOOT/console.log
 * What goes out, in lines of at most LINE bytes behind two of their own:
 *   "H "  our own words: start release=R, exit status=N, error reason=…
 *   "E "  what the command wrote on its standard output and error
 *   "G "  the end of the guest's console
 *   "J "  a piece of the result; pieces are put together without anything in between
 *   "S "  functions (symbols.h), at last, when all has been measured
 *
 * The debug console is synchronous, an OUT a byte, so that nothing
 * arrives or completes at a moment that the real world picks.
 */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/random.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEBUG_CONSOLE = 0xe9, DEBUG_EXIT = 0xf4, LINE = 900, ARGUMENTS_MAX = 64, CONSOLE_MAX = 65536 };

/* The C library's outsb() does not tell the compiler that it reads memory. */
static void out(const char *bytes, size_t size)
{
    asm volatile("rep outsb" : "+S"(bytes), "+c"(size) : "d"(DEBUG_CONSOLE) : "memory");
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    char line[LINE + 4];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line, LINE + 2, format, args);
    va_end(args);
    size = size > LINE ? LINE : size;
    line[size++] = '\n';
    out(line, (size_t)size);
}

static void end_machine(int good) __attribute__((noreturn));
static void end_machine(int good)
{
    outl(good ? 0 : 1, DEBUG_EXIT);
    reboot(RB_POWER_OFF);
    for (;;)
        pause();
}

static void fail(const char *what)
{
    say("H error reason=%s: %s", what, strerror(errno));
    end_machine(0);
}

static char *read_file(const char *path, size_t *size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st))
        return NULL;
    char *bytes = malloc((size_t)st.st_size + 1);
    size_t used = 0;
    ssize_t n;
    while (bytes && used < (size_t)st.st_size && (n = read(fd, bytes + used, (size_t)st.st_size - used)) > 0)
        used += (size_t)n;
    close(fd);
    if (bytes)
        bytes[used] = 0;
    *size = used;
    return bytes;
}

/* Each line in `lines`; the array is ended by NULL. */
static void split(char *text, char **lines, size_t max)
{
    size_t n = 0;
    for (char *line = strtok(text, "\n"); line && n + 1 < max; line = strtok(NULL, "\n"))
        lines[n++] = line;
    lines[n] = NULL;
}

static void mount_all(void)
{
    static const struct {
        const char *type, *at;
        bool optional;
    } places[] = {
        {"proc", "/proc", false},
        {"sysfs", "/sys", false},
        {"devtmpfs", "/dev", false},
        {"tmpfs", "/tmp", false},
        /* A kernel without CONFIG_TRACING has none: costs can be had, and pvbench tells why entries cannot. */
        {"tracefs", "/sys/kernel/tracing", true},
        {"debugfs", "/sys/kernel/debug", true}};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        mkdir(places[i].at, 0755);
        if (mount(places[i].type, places[i].at, places[i].type, 0, NULL) && errno != EBUSY && !places[i].optional)
            fail(places[i].at);
    }
    /* Half of the memory is the usual limit of what lies in it; a guest that is Linux, in an HVM domain's form, too. */
    if (mount(NULL, "/", NULL, MS_REMOUNT, "size=80%"))
        fail("/");
}

/*
 * How much of a module is not its signature (struct module_signature in the kernel's include/linux/module_signature.h:
 * its last four bytes are the signature's size, big-endian; it stands between that and a mark).
 */
static size_t size_unsigned(const char *bytes, size_t size)
{
    static const char mark[] = "~Module signature appended~\n";
    enum { MARK = sizeof(mark) - 1, STRUCTURE = 12 };
    if (size < MARK + STRUCTURE || memcmp(bytes + size - MARK, mark, MARK) != 0)
        return size;
    const uint8_t *length = (const uint8_t *)bytes + size - MARK - 4;
    const size_t key = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
    return key < size - MARK - STRUCTURE ? size - MARK - STRUCTURE - key : size;
}

/*
 * Of a signed module the kernel would hash all bytes, to look for a key that it has not: a fifth of all instructions of
 * the start. A kernel that takes signed ones alone gets it whole.
 */
static void load_module(const char *path)
{
    size_t size;
    char *bytes = read_file(path, &size);
    if (!bytes)
        fail(path);
    const size_t bare = size_unsigned(bytes, size);
    long bad = syscall(SYS_init_module, bytes, bare, "");
    if (bad && errno != EEXIST && bare < size)
        bad = syscall(SYS_init_module, bytes, size, "");
    if (bad && errno != EEXIST)
        fail(path);
    free(bytes);
}

static void load_modules(void)
{
    size_t size;
    char *text = read_file("/work/modules", &size), *paths[ARGUMENTS_MAX];
    if (!text)
        return;
    split(text, paths, ARGUMENTS_MAX);
    for (char **path = paths; *path; path++)
        load_module(*path);
    free(text);
}

static bool clock_is_early(void)
{
    char name[64] = "";
    FILE *f = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
    const bool early = f && fgets(name, sizeof(name), f) && strstr(name, "early");
    if (f)
        fclose(f);
    return early;
}

/*
 * A kernel reads its time from an early form of the processor's counter until it has been up for a second, and would
 * change over while something is measured. To wait costs nothing: nobody runs meanwhile, and the clock jumps.
 */
static void await_clock(void)
{
    enum { TRIES = 300 };
    const struct timespec moment = {.tv_nsec = 10000000};
    for (unsigned i = 0; i < TRIES && clock_is_early(); i++)
        nanosleep(&moment, NULL);
}

/*
 * Nobody keeps a secret here, and what is random must be the same in every
 * run. Without a seed the kernel would search for chance in its clock, for a second.
 */
static void seed(void)
{
    /* struct rand_pool_info: how many bits of chance, in how many bytes, and these. */
    enum { BYTES = 64 };
    const int pool[2 + BYTES / sizeof(int)] = {8 * BYTES, BYTES};
    int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, RNDADDENTROPY, pool))
        fail("/dev/urandom");
    close(fd);
}

/* What the command says, line by line, until nobody holds the pipe any more. */
static void relay(int from, char mark)
{
    char line[LINE + 4] = {mark, ' '}, bytes[4096];
    size_t used = 2;
    ssize_t n;
    while ((n = read(from, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR))
        for (ssize_t i = 0; i < n; i++) {
            if (bytes[i] != '\n')
                line[used++] = bytes[i];
            if (bytes[i] == '\n' || used == LINE) {
                line[used] = '\n';
                out(line, used + 1);
                used = 2;
            }
        }
    if (used > 2) {
        line[used] = '\n';
        out(line, used + 1);
    }
}

static int run(void)
{
    static char *environment[] = {"PATH=/usr/bin:/bin",   "HOME=/tmp", "TMPDIR=/tmp", "LC_ALL=C",
                                  "PVBENCH_IMAGES=/work", NULL};
    size_t size;
    int ends[2], status = -1;
    char *text = read_file("/work/arguments", &size), *arguments[ARGUMENTS_MAX];
    if (!text)
        fail("/work/arguments");
    split(text, arguments, ARGUMENTS_MAX);
    if (!arguments[0]) {
        errno = EINVAL;
        fail("/work/arguments");
    }
    if (pipe2(ends, O_CLOEXEC))
        fail("pipe");
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        int none = open("/dev/null", O_RDONLY);
        dup2(none, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execve(arguments[0], arguments, environment);
        dprintf(STDERR_FILENO, "%s: cannot be started: %s\n", arguments[0], strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    relay(ends[0], 'E');
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    free(text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Whoever looks for what went wrong looks at the end. */
static void hand_out_consoles(void)
{
    glob_t found;
    if (glob("/work/logs/*/console.log", 0, NULL, &found))
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (lseek(fd, 0, SEEK_END) > CONSOLE_MAX)
            lseek(fd, -CONSOLE_MAX, SEEK_END);
        else
            lseek(fd, 0, SEEK_SET);
        relay(fd, 'G');
        close(fd);
    }
}

/* Blanks at the beginning of a line of JSON say nothing, and each costs a port access. */
static void hand_out_result(void)
{
    size_t size;
    char *text = read_file("/work/result", &size);
    if (!text)
        return;
    for (const char *at = text, *end = text + size; at < end;) {
        at += strspn(at, " \n");
        size_t length = strcspn(at, "\n");
        for (size_t piece; length; at += piece, length -= piece) {
            piece = length > LINE - 2 ? LINE - 2 : length;
            out("J ", 2);
            out(at, piece);
            out("\n", 1);
        }
    }
}

static void say_symbols(const char *line)
{
    say("S %s", line);
}

static void hand_out_symbols(void)
{
    size_t size;
    const char *wanted = read_file("/work/symbols", &size);
    if (wanted && *wanted == '1')
        symbols_say(say_symbols);
}

int main(void)
{
    struct utsname host;
    if (ioperm(DEBUG_CONSOLE, 1, 1) || ioperm(DEBUG_EXIT, 4, 1)) {
        perror("the debug console cannot be reached");
        reboot(RB_POWER_OFF);
    }
    uname(&host);
    say("H start release=%s", host.release);
    mount_all();
    seed();
    load_modules();
    await_clock();
    int status = run();
    hand_out_consoles();
    hand_out_result();
    hand_out_symbols();
    say("H exit status=%d", status);
    end_machine(1);
}
