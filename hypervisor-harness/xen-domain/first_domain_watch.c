/* first_domain_watch.c: from the probes into the books; first_domain_watch.h says when. */
#include "hypervisor-harness/xen-domain/first_domain_watch.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define READINGS 5 /* the narrowest counts: between two of a clock Xen may run somebody else */

static void read_clocks(struct first_domain *f)
{
    uint64_t tsc = 0, ns = 0, window = UINT64_MAX;
    for (int i = 0; i < READINGS; i++) {
        struct timespec now;
        uint64_t before = __rdtsc();
        clock_gettime(CLOCK_MONOTONIC, &now);
        uint64_t after = __rdtsc();
        if (after - before >= window)
            continue;
        window = after - before;
        tsc = before + window / 2;
        ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    }
    xen_host_clock(f->host, tsc, ns, window);
}

/* Is "-xen-domid N" in its command line, whose arguments are ended by NUL? */
static bool serves(const char *process, unsigned domain)
{
    char path[300], text[65536], number[16];
    snprintf(path, sizeof(path), "/proc/%s/cmdline", process);
    snprintf(number, sizeof(number), "%u", domain);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    if (size <= 0)
        return false;
    text[size] = 0;
    bool next = false;
    for (const char *at = text; at < text + size; at += strlen(at) + 1) {
        if (next)
            return strcmp(at, number) == 0;
        next = strcmp(at, "-xen-domid") == 0;
    }
    return false;
}

static void find_device_model(struct first_domain *f, unsigned domain)
{
    DIR *processes = opendir("/proc");
    const struct dirent *entry;
    while (processes && (entry = readdir(processes)))
        if (isdigit((unsigned char)entry->d_name[0]) && serves(entry->d_name, domain))
            xen_host_process(f->host, (uint32_t)strtoul(entry->d_name, NULL, 10), XEN_PARTY_DEVICE_MODEL);
    if (processes)
        closedir(processes);
}

bool first_domain_watch(struct first_domain *f, unsigned domain, uint32_t tsc_khz)
{
    char why[512];
    f->host = xen_host_new();
    if (!f->host)
        return false;
    xen_host_about(f->host, domain, tsc_khz);
    xen_host_process(f->host, (uint32_t)getpid(), XEN_PARTY_PVBENCH);
    f->probes = xen_probes_open(why, sizeof(why));
    if (!f->probes) {
        xen_host_none(f->host, why);
        return true;
    }
    if (xen_probes_no_upcalls(f->probes))
        xen_host_no_upcalls(f->host, xen_probes_no_upcalls(f->probes));
    if (xen_probes_no_grants(f->probes))
        xen_host_no_grants(f->host, xen_probes_no_grants(f->probes));
    find_device_model(f, domain);
    read_clocks(f);
    return true;
}

void first_domain_follow(struct first_domain *f, unsigned domain)
{
    if (f->probes)
        find_device_model(f, domain);
}

int first_domain_fd(const struct first_domain *f)
{
    return f->probes ? xen_probes_fd(f->probes) : -1;
}

static void take(void *context, const struct xen_event *e)
{
    struct first_domain *f = context;
    xen_host_event(f->host, e);
}

void first_domain_drain(struct first_domain *f)
{
    if (!f->probes)
        return;
    if (!xen_probes_drain(f->probes, take, f))
        xen_host_none(f->host, "the probes' events cannot be read");
    read_clocks(f);
}

void first_domain_stop(struct first_domain *f)
{
    char why[128];
    if (!f->probes)
        return;
    first_domain_drain(f);
    if (xen_probes_lost(f->probes)) {
        snprintf(why, sizeof(why), "%llu of the probes' events found no room",
                 (unsigned long long)xen_probes_lost(f->probes));
        xen_host_none(f->host, why);
    }
    xen_probes_close(f->probes);
    f->probes = NULL;
}

void first_domain_free(struct first_domain *f)
{
    first_domain_stop(f);
    xen_host_free(f->host);
    f->host = NULL;
}
