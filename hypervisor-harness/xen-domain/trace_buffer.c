/* trace_buffer.c: sets Xen's trace up, maps its pages, and empties them; trace_buffer.h says why. */
#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include "hypervisor-harness/xen-domain/trace_buffer.h"
#include "hypervisor-harness/xen-domain/trace_ring.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xen/trace.h>

/*
 * The classes that tell which domain runs, and the entries of PV and HVM
 * guests; of their subclasses 1 and 2 (runstates; entry points, exits; sub-calls,
 * handlers). The bits of subclasses are shared by all classes.
 */
#define EVENTS (((TRC_SCHED | TRC_HVM | TRC_PV) & ~0xf000u) | 0x3000u)

/* 16 MiB hold the whole micro suite; all processors together get no more than 256 MiB. */
#define PAGES_MOST 4096u
#define PAGES_ALL  65536u

struct trace_buffer {
    xc_interface *xc;
    xenevtchn_handle *events;
    xenevtchn_port_or_error_t port;
    unsigned cpu, cpus; /* the first one, and how many */
    struct t_info *info;
    unsigned long info_size;
    struct t_buf **meta; /* each processor's, shared with Xen; NULL: it has none */
    size_t size;         /* of the records of one */
    bool taken, started;
};

static int fail(char *why, size_t size, const char *what)
{
    snprintf(why, size, "%s: %s", what, strerror(errno));
    return -1;
}

static int map_one(struct trace_buffer *b, unsigned cpu, struct t_buf **meta, char *why, size_t why_size)
{
    unsigned pages = b->info->tbuf_size, offset = b->info->mfn_offset[cpu];
    xen_pfn_t *list = calloc(pages, sizeof(*list));
    if (!pages || !offset || !list) {
        free(list);
        snprintf(why, why_size, "Xen has no trace buffer for processor %u", cpu);
        return -1;
    }
    for (unsigned i = 0; i < pages; i++)
        list[i] = ((const uint32_t *)b->info)[offset + i];
    *meta = xc_map_foreign_pages(b->xc, DOMID_XEN, PROT_READ | PROT_WRITE, list, (int)pages);
    free(list);
    if (!*meta)
        return fail(why, why_size, "Xen's trace buffer cannot be mapped");
    b->size = (size_t)pages * XC_PAGE_SIZE - sizeof(**meta);
    return 0;
}

/* Where all are asked for, a processor that is not there has none. */
static int map(struct trace_buffer *b, unsigned long frame, char *why, size_t why_size)
{
    b->info = xc_map_foreign_range(b->xc, DOMID_XEN, (int)b->info_size, PROT_READ, frame);
    if (!b->info)
        return fail(why, why_size, "Xen's trace buffers cannot be mapped");
    b->meta = calloc(b->cpus, sizeof(struct t_buf *));
    if (!b->meta) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    for (unsigned i = 0; i < b->cpus; i++)
        if ((b->cpus == 1 || b->info->mfn_offset[b->cpu + i]) && map_one(b, b->cpu + i, &b->meta[i], why, why_size))
            return -1;
    return 0;
}

static int trace_processors(xc_interface *xc, const unsigned *only)
{
    xc_cpumap_t map = xc_cpumap_alloc(xc);
    int size = xc_get_cpumap_size(xc);
    if (map && only)
        xc_cpumap_setcpu((int)*only, map);
    else if (map && size > 0)
        memset(map, 0xff, (size_t)size);
    int bad = map ? xc_tbuf_set_cpu_mask(xc, map) : -1;
    free(map);
    return bad;
}

/* As Xen has it at its start: off, and of all events on all processors. What it was before us cannot be asked. */
static void give_back(xc_interface *xc)
{
    xc_tbuf_disable(xc);
    xc_tbuf_set_evt_mask(xc, TRC_ALL);
    trace_processors(xc, NULL);
}

void trace_buffer_give_back(void)
{
    xc_interface *xc = xc_interface_open(NULL, NULL, 0);
    if (!xc)
        return;
    give_back(xc);
    xc_interface_close(xc);
}

/* Whoever has VIRQ_TBUF reads the trace. */
static int claim(struct trace_buffer *b, bool *others, char *why, size_t why_size)
{
    b->events = xenevtchn_open(NULL, 0);
    if (!b->events)
        return fail(why, why_size, "/dev/xen/evtchn cannot be opened");
    b->port = xenevtchn_bind_virq(b->events, VIRQ_TBUF);
    *others = b->port < 0 && errno == EEXIST;
    if (*others)
        snprintf(why, why_size, "another program reads Xen's trace, which would be in every cost; stop xentrace");
    else if (b->port < 0)
        fail(why, why_size, "VIRQ_TBUF cannot be bound");
    return b->port < 0 ? -1 : 0;
}

static int set_up(struct trace_buffer *b, char *why, size_t why_size)
{
    xc_physinfo_t machine = {0};
    unsigned long frame;
    if (xc_physinfo(b->xc, &machine))
        return fail(why, why_size, "Xen does not say how many processors it has");
    unsigned pages = PAGES_ALL / (machine.max_cpu_id + 1);
    pages = pages > PAGES_MOST ? PAGES_MOST : pages < 64 ? 64 : pages;
    b->taken = true;
    if (xc_tbuf_set_evt_mask(b->xc, EVENTS))
        return fail(why, why_size, "Xen takes no trace mask (was it built without CONFIG_TRACEBUFFER?)");
    const bool all = !b->cpus;
    if (trace_processors(b->xc, all ? NULL : &b->cpu))
        return fail(why, why_size, "Xen does not trace the processors that are asked for");
    b->cpus = all ? machine.max_cpu_id + 1 : 1;
    /* Sets the size, too, which fails where it has been set before, which is no harm. */
    if (xc_tbuf_enable(b->xc, pages, &frame, &b->info_size))
        return fail(why, why_size, "Xen's trace cannot be switched on");
    /* Until the domain for counts; also one that ran already and that nobody reads any more. */
    xc_tbuf_disable(b->xc);
    return map(b, frame, why, why_size);
}

/* `cpus`: 1, or 0 for all that there are. */
static struct trace_buffer *open_buffer(unsigned cpu, unsigned cpus, bool *others, char *why, size_t why_size)
{
    struct trace_buffer *b = calloc(1, sizeof(*b));
    *others = false;
    if (!b) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    b->cpu = cpu;
    b->cpus = cpus;
    b->port = -1;
    b->xc = xc_interface_open(NULL, NULL, 0);
    if (!b->xc)
        fail(why, why_size, "/dev/xen/privcmd cannot be opened");
    if (!b->xc || claim(b, others, why, why_size) || set_up(b, why, why_size)) {
        trace_buffer_close(b);
        return NULL;
    }
    return b;
}

struct trace_buffer *trace_buffer_open(unsigned cpu, bool *others, char *why, size_t why_size)
{
    return open_buffer(cpu, 1, others, why, why_size);
}

struct trace_buffer *trace_buffer_open_all(bool *others, char *why, size_t why_size)
{
    return open_buffer(0, 0, others, why, why_size);
}

int trace_buffer_start(struct trace_buffer *b, char *why, size_t why_size)
{
    unsigned long frame, size;
    /* What another left behind is not ours. */
    for (unsigned i = 0; i < b->cpus; i++)
        if (b->meta[i])
            b->meta[i]->cons = b->meta[i]->prod;
    if (xc_tbuf_enable(b->xc, b->info->tbuf_size, &frame, &size))
        return fail(why, why_size, "Xen's trace cannot be switched on");
    b->started = true;
    return 0;
}

int trace_buffer_fd(const struct trace_buffer *b)
{
    return xenevtchn_fd(b->events);
}

/* First, and whatever is there: it comes only once until it is unmasked, and may be another processor's. */
static void unmask(struct trace_buffer *b)
{
    struct pollfd ready = {.fd = xenevtchn_fd(b->events), .events = POLLIN};
    while (poll(&ready, 1, 0) == 1 && xenevtchn_pending(b->events) == b->port)
        xenevtchn_unmask(b->events, (evtchn_port_t)b->port);
}

void trace_buffer_drain(struct trace_buffer *b, struct xen_trace *t)
{
    unmask(b);
    trace_ring_drain(b->meta[0], b->size, t);
}

struct taking {
    trace_buffer_take *take;
    void *with;
    unsigned cpu;
};

static void take_part(void *with, const uint8_t *bytes, size_t size)
{
    const struct taking *t = with;
    if (size)
        t->take(t->with, t->cpu, bytes, size, false);
}

int trace_buffer_take_all(struct trace_buffer *b, trace_buffer_take *take, void *with)
{
    unmask(b);
    for (unsigned i = 0; i < b->cpus; i++) {
        struct taking t = {take, with, b->cpu + i};
        enum trace_ring_state state =
            b->meta[i] ? trace_ring_take(b->meta[i], b->size, take_part, &t) : TRACE_RING_GOOD;
        if (state == TRACE_RING_IMPOSSIBLE)
            return -1;
        if (state == TRACE_RING_FULL)
            take(with, b->cpu + i, NULL, 0, true);
    }
    return 0;
}

void trace_buffer_stop(struct trace_buffer *b)
{
    if (b->started)
        xc_tbuf_disable(b->xc);
    b->started = false;
}

void trace_buffer_close(struct trace_buffer *b)
{
    if (!b)
        return;
    if (b->taken)
        give_back(b->xc);
    for (unsigned i = 0; b->meta && i < b->cpus; i++)
        if (b->meta[i])
            munmap(b->meta[i], b->size + sizeof(struct t_buf));
    free(b->meta);
    if (b->info)
        munmap(b->info, b->info_size);
    if (b->events)
        xenevtchn_close(b->events);
    if (b->xc)
        xc_interface_close(b->xc);
    free(b);
}
