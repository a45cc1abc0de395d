/* xen_probes.c: the life of the probes in Xen's first domain; xen_probes.h says what for. */
#include "probes/xen_probes.h"
#include "probes/ebpf.h"
#include "probes/xen.skel.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* Of the buffer, a power of two: what a suite notes fits into the least, even if nobody reads. */
#define BYTES_LEAST (4u << 20)
#define BYTES_MOST  (64u << 20)
#define BYTES_CPU   (1u << 20)

struct xen_probes {
    struct xen_bpf *skel;
    struct ring_buffer *ring;
    char no_upcalls[256], no_grants[256];
    void (*event)(void *context, const struct xen_event *e);
    void *context;
};

static int take(void *context, void *data, size_t size)
{
    struct xen_probes *p = context;
    if (size >= sizeof(struct xen_event) && p->event)
        p->event(p->context, data);
    return 0;
}

static uint32_t buffer_size(void)
{
    int cpus = libbpf_num_possible_cpus();
    uint32_t size = BYTES_LEAST;
    while (size < BYTES_MOST && cpus > 0 && size < (uint64_t)cpus * BYTES_CPU)
        size *= 2;
    return size;
}

/*
 * The function that every upcall goes through: until Linux 6.1's stable
 * series the first one, or where that was inlined the second, which PV called, too, and the third was
 * called by nobody; since then the third.
 */
static void choose_upcall(struct xen_probes *p)
{
    static const char *const names[] = {"__xen_evtchn_do_upcall", "xen_hvm_evtchn_do_upcall", "xen_evtchn_do_upcall"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bpf_program__set_attach_target(p->skel->progs.upcall, 0, names[i]) == 0)
            return;
    bpf_program__set_autoload(p->skel->progs.upcall, false);
    snprintf(p->no_upcalls, sizeof(p->no_upcalls), "this kernel has no function %s to put a probe on", names[2]);
}

/* What of grants has a probe, and the function of the kernel that does it. */
#define GRANTS 3

static struct bpf_program *of_grants(const struct xen_probes *p, unsigned i)
{
    struct bpf_program *const all[GRANTS] = {p->skel->progs.grants_mapped, p->skel->progs.grants_unmapped,
                                             p->skel->progs.grants_copied};
    return all[i];
}

static void choose_grants(struct xen_probes *p)
{
    static const char *const names[GRANTS] = {"gnttab_map_refs", "gnttab_unmap_refs", "gnttab_batch_copy"};
    for (unsigned i = 0; i < GRANTS && !p->no_grants[0]; i++)
        if (bpf_program__set_attach_target(of_grants(p, i), 0, names[i]) != 0)
            snprintf(p->no_grants, sizeof(p->no_grants), "this kernel has no function %s to put a probe on", names[i]);
    for (unsigned i = 0; i < GRANTS && p->no_grants[0]; i++)
        bpf_program__set_autoload(of_grants(p, i), false);
}

static void attach_grants(struct xen_probes *p)
{
    struct bpf_link **const links[GRANTS] = {&p->skel->links.grants_mapped, &p->skel->links.grants_unmapped,
                                             &p->skel->links.grants_copied};
    for (unsigned i = 0; i < GRANTS && !p->no_grants[0]; i++) {
        *links[i] = bpf_program__attach(of_grants(p, i));
        if (!*links[i])
            snprintf(p->no_grants, sizeof(p->no_grants), "the probes on grants cannot be attached: %s",
                     strerror(errno));
    }
}

static int attach(struct xen_probes *p)
{
    struct xen_bpf *s = p->skel;
    s->links.privcmd_asked = bpf_program__attach(s->progs.privcmd_asked);
    s->links.switched = s->links.privcmd_asked ? bpf_program__attach(s->progs.switched) : NULL;
    s->links.handler = s->links.switched ? bpf_program__attach(s->progs.handler) : NULL;
    if (!s->links.handler)
        return -errno;
    attach_grants(p);
    if (p->no_upcalls[0])
        return 0;
    s->links.upcall = bpf_program__attach(s->progs.upcall);
    /* Compilers may have inlined it, or the kernel may not allow it. */
    if (!s->links.upcall)
        snprintf(p->no_upcalls, sizeof(p->no_upcalls), "the probe on upcalls cannot be attached: %s", strerror(errno));
    return 0;
}

static int load(struct xen_probes *p)
{
    uint32_t size = buffer_size();
    p->skel = xen_bpf__open();
    if (!p->skel)
        return -errno;
    p->skel->rodata->wake_at = size / 2;
    int error = bpf_map__set_max_entries(p->skel->maps.events, size);
    if (!error) {
        choose_upcall(p);
        choose_grants(p);
        /* What it said of names that are not there was no failure. */
        ebpf_listen();
        error = xen_bpf__load(p->skel);
    }
    if (!error)
        error = attach(p);
    if (error)
        return error;
    p->ring = ring_buffer__new(bpf_map__fd(p->skel->maps.events), take, p, NULL);
    return p->ring ? 0 : -errno;
}

/* There alone an argument was put between those of sched_switch. */
static bool has_other_arguments(void)
{
    struct utsname kernel;
    return uname(&kernel) == 0 && strncmp(kernel.release, "5.18.", 5) == 0;
}

struct xen_probes *xen_probes_open(char *why, size_t why_size)
{
    char mend[128];
    if (!ebpf_allowed(why, why_size, mend, sizeof(mend)))
        return NULL;
    struct xen_probes *p = calloc(1, sizeof(*p));
    if (!p || has_other_arguments()) {
        snprintf(why, why_size, p ? "Linux 5.18 gives sched_switch other arguments" : "out of memory");
        free(p);
        return NULL;
    }
    ebpf_listen();
    int error = load(p);
    if (error) {
        snprintf(why, why_size, "the eBPF probes cannot be loaded: %s%s", strerror(-error), ebpf_words());
        xen_probes_close(p);
        return NULL;
    }
    return p;
}

void xen_probes_close(struct xen_probes *p)
{
    if (!p)
        return;
    ring_buffer__free(p->ring);
    xen_bpf__destroy(p->skel);
    free(p);
}

const char *xen_probes_no_upcalls(const struct xen_probes *p)
{
    return p->no_upcalls[0] ? p->no_upcalls : NULL;
}

const char *xen_probes_no_grants(const struct xen_probes *p)
{
    return p->no_grants[0] ? p->no_grants : NULL;
}

int xen_probes_fd(const struct xen_probes *p)
{
    return ring_buffer__epoll_fd(p->ring);
}

bool xen_probes_drain(struct xen_probes *p, void (*event)(void *context, const struct xen_event *e), void *context)
{
    p->event = event;
    p->context = context;
    return ring_buffer__consume(p->ring) >= 0;
}

uint64_t xen_probes_lost(const struct xen_probes *p)
{
    return __atomic_load_n(&p->skel->bss->lost, __ATOMIC_RELAXED);
}

bool xen_probes_check(char *why, size_t why_size, char *mend, size_t mend_size)
{
    if (!ebpf_allowed(why, why_size, mend, mend_size))
        return false;
    struct xen_probes *p = xen_probes_open(why, why_size);
    if (!p) {
        snprintf(mend, mend_size, "modprobe xen_privcmd; a kernel of 5.11 or later with CONFIG_DEBUG_INFO_BTF");
        return false;
    }
    const char *upcalls = xen_probes_no_upcalls(p), *grants = xen_probes_no_grants(p);
    snprintf(why, why_size, "what Xen's first domain does can be counted by eBPF%s%s%s%s",
             upcalls ? "; not its upcalls: " : "", upcalls ? upcalls : "", grants ? "; not its grants: " : "",
             grants ? grants : "");
    xen_probes_close(p);
    return true;
}
