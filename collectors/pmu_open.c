/* pmu_open.c: perf_event_open() and what it says; pmu_open.h says how groups come about. */
#include "collectors/pmu_open.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

static int open_event(const struct perf_event_attr *attr, pid_t thread, int leader)
{
    return (int)syscall(SYS_perf_event_open, attr, thread, -1, leader, PERF_FLAG_FD_CLOEXEC);
}

/* -100 when it cannot be read. */
static int paranoid(void)
{
    int level = -100;
    FILE *f = fopen(PARANOID, "re");
    if (f && fscanf(f, "%d", &level) != 1)
        level = -100;
    if (f)
        fclose(f);
    return level;
}

static bool is_hardware(const struct perf_event_attr *attr)
{
    return attr->type == PERF_TYPE_HARDWARE || attr->type == PERF_TYPE_HW_CACHE || attr->type == PERF_TYPE_RAW;
}

void pmu_open_failed(int error, const struct perf_event_attr *attr, char *why, size_t why_size)
{
    if (error == ENOENT && is_hardware(attr))
        snprintf(why, why_size,
                 "perf_event_open: ENOENT: this computer's kernel found no PMU for the event; use real hardware, or a "
                 "virtual machine with a virtual PMU");
    else if (error == EACCES || error == EPERM)
        snprintf(why, why_size,
                 "perf_event_open: %s: kernel.perf_event_paranoid is %d; run: sudo sysctl "
                 "kernel.perf_event_paranoid=1, or be root",
                 error == EACCES ? "EACCES" : "EPERM", paranoid());
    else if (error == EINVAL && attr->precise_ip)
        snprintf(why, why_size, "perf_event_open: EINVAL: a precise event can only be sampled; leave precise out");
    else if (error == EOPNOTSUPP || error == ENOENT || error == EINVAL || error == ENODEV)
        snprintf(why, why_size,
                 "perf_event_open: %s: this processor does not count the event; pvbench list --events "
                 "shows what it does",
                 error == EOPNOTSUPP ? "EOPNOTSUPP"
                 : error == ENOENT   ? "ENOENT"
                 : error == ENODEV   ? "ENODEV"
                                     : "EINVAL");
    else if (error == EBUSY)
        snprintf(why, why_size, "perf_event_open: EBUSY: another program holds the PMU for itself; end it");
    else if (error == EMFILE || error == ENFILE)
        snprintf(why, why_size, "perf_event_open: %s: too many open files; raise the limit with ulimit -n",
                 strerror(error));
    else if (error == ENOSYS)
        snprintf(why, why_size, "perf_event_open: ENOSYS: the kernel was built without CONFIG_PERF_EVENTS");
    else
        snprintf(why, why_size, "perf_event_open: %s", strerror(error));
}

void pmu_counter_open(struct pmu_counter *c, struct pmu_group *group, const struct pmu_event *event, enum pmu_side side,
                      pid_t thread, bool children)
{
    struct perf_event_attr attr = pmu_event_attr(event, side);
    attr.size = sizeof(attr);
    attr.inherit = children;
    attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    *c = (struct pmu_counter){.fd = -1};
    if (group->members)
        c->fd = open_event(&attr, thread, group->leader);
    if (c->fd < 0) {
        c->fd = open_event(&attr, thread, -1);
        if (c->fd < 0) {
            pmu_open_failed(errno, &attr, c->why, sizeof(c->why));
            return;
        }
        group->number++;
        group->leader = c->fd;
        group->members = 0;
    }
    group->members++;
    c->group = group->number;
}

bool pmu_counter_read(const struct pmu_counter *c, struct pmu_reading *into)
{
    return c->fd >= 0 && read(c->fd, into, sizeof(*into)) == (ssize_t)sizeof(*into);
}

void pmu_counter_close(struct pmu_counter *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

bool pmu_counts_here(char *why, size_t why_size)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof(attr),
        .config = PERF_COUNT_HW_INSTRUCTIONS,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    int fd = open_event(&attr, 0, -1);
    if (fd < 0)
        pmu_open_failed(errno, &attr, why, why_size);
    else
        close(fd);
    return fd >= 0;
}

uint64_t pmu_scaled(const struct pmu_reading *r)
{
    if (!r->running_ns)
        return 0;
    return r->running_ns >= r->enabled_ns
               ? r->value
               : (uint64_t)((long double)r->value * (long double)r->enabled_ns / (long double)r->running_ns + 0.5L);
}
