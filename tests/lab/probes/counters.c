/* counters.c: perf_event_open() and tracefs; counters.h says why. */
#include "counters.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"

static void fail(const char *what)
{
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

int counter_open(const char *event, pid_t process)
{
    char path[128], text[32] = "";
    snprintf(path, sizeof(path), TRACEFS "/events/kvm/%s/id", event);
    FILE *f = fopen(path, "re");
    if (!f || !fgets(text, sizeof(text), f))
        fail(path);
    fclose(f);
    struct perf_event_attr a = {
        .type = PERF_TYPE_TRACEPOINT, .size = sizeof(a), .config = strtoull(text, NULL, 10), .inherit = process != 0};
    int fd = (int)syscall(SYS_perf_event_open, &a, process, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
        fail("perf_event_open");
    return fd;
}

uint64_t counter_read(int fd)
{
    uint64_t value;
    if (read(fd, &value, sizeof(value)) != (ssize_t)sizeof(value))
        fail("a counter");
    return value;
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        fail(path);
    close(fd);
}

void ftrace_switch(const char *event, bool on)
{
    char path[128];
    snprintf(path, sizeof(path), TRACEFS "/events/kvm/%s/enable", event);
    write_text(path, on ? "1" : "0");
}
