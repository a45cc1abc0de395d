/* debian.c: how a program that is not ours is started, waited for and read; debian.h. */
#include "debian.h"
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000 };

/* Where the C library keeps what processes share by name. */
#define SHARED_MEMORY "/dev/shm"

/*
 * Who asks the kernel for random numbers before it has some, as sqlite3 does, makes it wait for interrupts to come at
 * times that cannot be foretold: a second of turning round, where there is no device that would bring them. These
 * numbers are no secret, and the same each time.
 */
void debian_begin(void)
{
    enum { BYTES = 64 };
    union {
        struct rand_pool_info head;
        unsigned char bytes[sizeof(struct rand_pool_info) + BYTES];
    } given = {.bytes = {0}};
    const int fd = open("/dev/random", O_WRONLY | O_CLOEXEC);
    for (size_t i = sizeof(given.head); i < sizeof(given.bytes); i++)
        given.bytes[i] = (unsigned char)(i * 37 + 11);
    given.head.entropy_count = 8 * BYTES;
    given.head.buf_size = BYTES;
    must(fd >= 0 && ioctl(fd, RNDADDENTROPY, &given) == 0, "/dev/random");
    close(fd);
    mkdir("/sys", 0755);
    must(access("/sys/devices", F_OK) == 0 || mount("sysfs", "/sys", "sysfs", 0, "") == 0, "/sys");
    must(mkdir(SHARED_MEMORY, 01777) == 0 || errno == EEXIST, SHARED_MEMORY);
}

static void place(int at, const char *path, int flags)
{
    const int fd = open(path, flags, 0644);
    if (fd < 0 || dup2(fd, at) != at)
        _exit(126);
    if (fd != at)
        close(fd);
}

static void become(const char *const *argv, const char *in, const char *out, bool with_errors)
    __attribute__((noreturn));
static void become(const char *const *argv, const char *in, const char *out, bool with_errors)
{
    static const char *const surroundings[] = {"PATH=/usr/bin", "HOME=/tmp", "LC_ALL=C", NULL};
    place(0, in ? in : "/dev/null", O_RDONLY);
    place(1, out, O_WRONLY | O_CREAT | O_TRUNC);
    if (!with_errors)
        place(2, "/dev/null", O_WRONLY);
    else if (dup2(1, 2) != 2)
        _exit(126);
    execve(argv[0], (char *const *)argv, (char *const *)surroundings);
    _exit(127);
}

/* On one line; the last of them where there is not room for all. */
static void read_in_a_line(const char *path, char *into, size_t size)
{
    char words[DEBIAN_WORDS_MAX];
    debian_read(path, words);
    const size_t all = strlen(words);
    snprintf(into, size, "%.*s", (int)size - 1, all < size ? words : words + all - size + 1);
    for (char *at = into; *at; at++)
        *at = *at == '\n' ? ';' : *at;
}

static void run(const char *const *argv, const char *in, const char *out, bool with_errors)
{
    int status = -1;
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0)
        become(argv, in, out, with_errors);
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
    must(end.fd >= 0, "pidfd_open");
    if (poll(&end, 1, PATIENCE_MS) != 1)
        kill(child, SIGKILL);
    close(end.fd);
    must(waitpid(child, &status, 0) == child, argv[0]);
    if (status == 0)
        return;
    char why[400], said[200] = "";
    if (with_errors)
        read_in_a_line(out, said, sizeof(said));
    snprintf(why, sizeof(why), "%s ended with status %#x: %s", argv[0], (unsigned)status, said);
    must(false, why);
}

void debian_run(const char *const *argv, const char *in, const char *out)
{
    run(argv, in, out, true);
}

void debian_make(const char *const *argv, const char *in, const char *out)
{
    run(argv, in, out, false);
}

void debian_read(const char *path, char into[DEBIAN_WORDS_MAX])
{
    size_t used = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    must(fd >= 0, path);
    for (ssize_t n; used + 1 < DEBIAN_WORDS_MAX && (n = read(fd, into + used, DEBIAN_WORDS_MAX - 1 - used)) > 0;)
        used += (size_t)n;
    into[used] = 0;
    close(fd);
}

void debian_must_say(const char *words, const char *what)
{
    char why[200];
    snprintf(why, sizeof(why), "a program did not say \"%.80s\", but \"%.80s\"", what, words);
    must(strstr(words, what), why);
}
