/* trace_guest.c: processes with virtual machines, and the probes on them; trace_guest.h says why. */
#include "runner/command/trace_guest.h"
#include "runner/command/trace_kvm.h"
#include "runner/command/trace_xen.h"

#include "collectors/words.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A virtual machine is a file of that name among those that its process holds open. */
static bool holds_machine(unsigned process, int *why)
{
    char path[64], link[400], target[64];
    struct dirent *entry;
    bool found = false;
    snprintf(path, sizeof(path), "/proc/%u/fd", process);
    DIR *dir = opendir(path);
    *why = dir ? 0 : errno;
    while (dir && !found && (entry = readdir(dir))) {
        snprintf(link, sizeof(link), "%s/%s", path, entry->d_name);
        ssize_t n = readlink(link, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = 0;
        found = strcmp(target, "anon_inode:kvm-vm") == 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

/* The probes know processes, people may have the number of a thread. */
static void find_process(struct trace_guest *g)
{
    char path[64], line[256], name[sizeof(g->name)] = "";
    snprintf(path, sizeof(path), "/proc/%u/status", g->process);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "Name: %63[^\n]", name) != 1 && sscanf(line, "Tgid: %u", &g->process) == 1)
            break;
    if (f)
        fclose(f);
    /* Its own choice, and cut by the kernel: anything may be in it. */
    word_copy((struct word){name, strlen(name)}, g->name, sizeof(g->name));
}

int trace_guest_open(struct trace_guest *g, struct pvb_error *e)
{
    g->pidfd = (int)syscall(SYS_pidfd_open, g->process, 0);
    return g->pidfd < 0 ? pvb_fail(e, "process %u (%s): %s", g->process, g->name, strerror(errno)) : 0;
}

int trace_guest_find(struct trace_guest *g, unsigned process, struct pvb_error *e)
{
    int why;
    *g = (struct trace_guest){.process = process, .pidfd = -1};
    find_process(g);
    if (!g->name[0])
        return pvb_fail(e, "process %u: is not there", g->process);
    if (!holds_machine(g->process, &why))
        return why == EACCES
                   ? pvb_fail(e, "process %u (%s): cannot be looked at: %s; use sudo", g->process, g->name,
                              strerror(why))
                   : pvb_fail(e, "process %u (%s): has no KVM virtual machine; give the PID of a QEMU with -accel kvm",
                              g->process, g->name);
    return trace_guest_open(g, e);
}

int trace_guests_find_all(struct trace_guest *guests, size_t *n, struct pvb_error *e)
{
    struct dirent **entry;
    int hidden = 0, bad = 0, count = scandir("/proc", &entry, NULL, versionsort);
    *n = 0;
    if (count < 0)
        return pvb_fail(e, "/proc: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        unsigned process = isdigit((unsigned char)entry[i]->d_name[0]) ? (unsigned)atoi(entry[i]->d_name) : 0;
        int why = 0;
        if (!bad && process && holds_machine(process, &why)) {
            if (*n == TRACE_GUESTS_MAX)
                bad = pvb_fail(e, "--all: there are more than %u virtual machines; give the PIDs of some",
                               TRACE_GUESTS_MAX);
            else if (trace_guest_find(&guests[*n], process, e) == 0)
                ++*n; /* else it has just ended */
        }
        hidden += why == EACCES;
        free(entry[i]);
    }
    free(entry);
    if (bad || *n)
        return bad;
    return hidden ? pvb_fail(e,
                             "--all: no KVM virtual machine is to be seen, and %d processes cannot be looked at; "
                             "use sudo",
                             hidden)
                  : pvb_fail(e, "--all: no KVM virtual machine is running; see pvbench domains");
}

/* --- the probes ------------------------------------------------------------------------ */

int trace_guest_watch(struct trace_guest *g, const struct trace_wants *wants, struct pvb_error *e)
{
    if (g->is_domain)
        return 0;
    const struct kvm_probes_options options = {
        .waits = true, .trace = true, .records = wants->records, .longer = wants->longer};
    char why[512];
    g->probes = kvm_probes_open(&options, why, sizeof(why));
    if (!g->probes)
        return pvb_fail(e, "%s; see pvbench doctor", why);
    g->no_address = kvm_probes_no_address(g->probes);
    kvm_probes_watch(g->probes, (pid_t)g->process);
    return 0;
}

int trace_guest_read(struct trace_guest *g, struct trace_view *v, struct pvb_error *e)
{
    struct kvm_snapshot s;
    char why[256];
    *v = (struct trace_view){0};
    if (g->is_domain) {
        trace_xen_view(g->xen, g->process, v);
        return 0;
    }
    if (!kvm_probes_read(g->probes, &s, why, sizeof(why)))
        return pvb_fail(e, "%s", why);
    trace_kvm_view(&s, v);
    kvm_snapshot_free(&s);
    return 0;
}

struct taking {
    struct kvm_probes *probes;
    uint32_t place;
    trace_take *take;
    void *with;
};

static void take_record(void *with, const struct kvm_record *record)
{
    const struct taking *t = with;
    struct trace_record r = {.guest = t->place};
    trace_kvm_record(t->probes, record, &r);
    t->take(t->with, &r);
}

int trace_guest_records(struct trace_guest *g, uint32_t place, trace_take *take, void *with, struct pvb_error *e)
{
    struct taking t = {g->probes, place, take, with};
    char why[256];
    if (g->is_domain)
        return 0; /* they come by themselves */
    return kvm_probes_records(g->probes, take_record, &t, why, sizeof(why)) ? 0 : pvb_fail(e, "%s", why);
}

void trace_guest_stop(struct trace_guest *g)
{
    if (!g->is_domain)
        kvm_probes_stop(g->probes);
}

const char *trace_guest_way(const struct trace_guest *g)
{
    return g->is_domain ? "xentrace" : kvm_probes_way(g->probes);
}

void trace_guest_close(struct trace_guest *g)
{
    kvm_probes_close(g->probes);
    trace_view_free(&g->before);
    if (g->pidfd >= 0)
        close(g->pidfd);
}
