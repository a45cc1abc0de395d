/*
 * pmu.c: the collector of the processor's own counters.
 *
 * Counters belong to threads, and a vCPU is one: its counters are opened as
 * soon as the virtual machine monitor has made it, long before the guest
 * says a word. Reading them at the marks is an eBPF program's work, since
 * only there the thread stands still.
 */
#include "collectors/pmu.h"
#include "common/memory.h"
#include "collectors/collector.h"
#include "collectors/threads.h"

#include "probes/pmu_marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELPERS_MAX 16

struct pmu_thread {
    struct pmu_counter counter[PMU_EVENTS_MAX][PMU_SIDES];
};

/* While the guest runs. */
struct pmu_watch {
    pid_t process;
    bool opened;
    struct pmu_marks *marks;
    struct pmu_thread vcpu[PMU_VCPUS], helper[HELPERS_MAX];
    unsigned helpers;
};

void pmu_count_take(struct pmu_count *c, const struct pmu_reading *r)
{
    c->reading = *r;
    c->known = r->running_ns || !r->enabled_ns;
    if (!c->known)
        snprintf(c->why, sizeof(c->why),
                 "it never had a counter to itself: the NMI watchdog or another profiler holds them; run: sudo sysctl "
                 "kernel.nmi_watchdog=0");
}

static void pmu_start(struct observation *o, void *state, pid_t process)
{
    (void)state;
    char why[PMU_WHY_SIZE];
    if (!o->events || !o->events->count)
        return;
    o->pmu = calloc(1, sizeof(*o->pmu));
    o->pmu_watch = calloc(1, sizeof(*o->pmu_watch));
    if (!o->pmu || !o->pmu_watch)
        out_of_memory();
    o->pmu->asked = o->events;
    snprintf(o->pmu->why, sizeof(o->pmu->why), "the virtual machine monitor made no vCPU");
    for (unsigned i = 0; i < o->events->count; i++)
        if (!pmu_event_encode(o->events->name[i], &o->pmu->event[i], why, sizeof(why)))
            snprintf(o->pmu->why, sizeof(o->pmu->why), "%s", why);
    o->pmu_watch->process = process;
    o->pmu_watch->marks = pmu_marks_open(o->pmu->no_regions, sizeof(o->pmu->no_regions));
}

static void open_thread(const struct pmu_counts *p, struct pmu_thread *into, pid_t tid, bool helper)
{
    struct pmu_group group = {.leader = -1};
    for (unsigned i = 0; i < p->asked->count; i++)
        for (enum pmu_side side = PMU_GUEST; side < PMU_SIDES; side++) {
            into->counter[i][side] = (struct pmu_counter){.fd = -1};
            if (p->event[i].side[side] && !(helper && side == PMU_GUEST))
                pmu_counter_open(&into->counter[i][side], &group, &p->event[i], side, tid, helper);
        }
}

static void add_marks(struct observation *o, unsigned vcpu, pid_t tid)
{
    struct pmu_watch *w = o->pmu_watch;
    for (unsigned i = 0; w->marks && i < o->events->count; i++)
        for (enum pmu_side side = PMU_GUEST; side < PMU_SIDES; side++) {
            const struct pmu_counter *c = &w->vcpu[vcpu].counter[i][side];
            if (c->fd >= 0 && !pmu_marks_add(w->marks, vcpu, pmu_slot(i, side), c->fd))
                snprintf(o->pmu->no_regions, sizeof(o->pmu->no_regions),
                         "the kernel does not let an eBPF program read %.100s", o->events->name[i]);
        }
    if (w->marks)
        pmu_marks_thread(w->marks, vcpu, tid);
}

/* True while there is no vCPU yet. */
static bool pmu_step(struct observation *o, void *state)
{
    (void)state;
    struct pmu_watch *w = o->pmu_watch;
    struct thread thread[THREADS_MAX];
    bool found = false;
    if (!w || w->opened)
        return false;
    unsigned threads = threads_look(w->process, thread);
    for (unsigned i = 0; i < threads; i++)
        found |= thread[i].vcpu >= 0;
    if (!found)
        return true;
    w->opened = true;
    o->pmu->why[0] = 0;
    for (unsigned i = 0; i < threads; i++) {
        if (thread[i].vcpu < 0 && w->helpers < HELPERS_MAX) {
            open_thread(o->pmu, &w->helper[w->helpers++], thread[i].tid, true);
        } else if (thread[i].vcpu >= 0 && o->pmu->vcpus < PMU_VCPUS) {
            unsigned at = o->pmu->vcpus++;
            o->pmu->vcpu[at].vcpu = thread[i].vcpu;
            open_thread(o->pmu, &w->vcpu[at], thread[i].tid, false);
            add_marks(o, at, thread[i].tid);
        } else if (thread[i].vcpu >= 0) {
            o->pmu->vcpus_left_out++;
        }
    }
    o->pmu->helper_threads = w->helpers;
    return false;
}

/* Reads and closes it. */
static void take(struct pmu_counter *from, struct pmu_count *into)
{
    struct pmu_reading r;
    into->group = from->group;
    if (pmu_counter_read(from, &r))
        pmu_count_take(into, &r);
    else
        snprintf(into->why, sizeof(into->why), "%s", from->why[0] ? from->why : "the counter could not be read");
    pmu_counter_close(from);
}

static void take_helpers(struct observation *o, unsigned event)
{
    struct pmu_count *sum = &o->pmu->helpers[event];
    sum->known = o->pmu_watch->helpers > 0;
    for (unsigned i = 0; i < o->pmu_watch->helpers; i++) {
        struct pmu_count one = {0};
        take(&o->pmu_watch->helper[i].counter[event][PMU_HOST], &one);
        sum->reading.value += pmu_scaled(&one.reading);
        sum->reading.enabled_ns += one.reading.enabled_ns;
        sum->reading.running_ns += one.reading.running_ns;
        if (!one.known && sum->known) {
            sum->known = false;
            memcpy(sum->why, one.why, sizeof(sum->why));
        }
    }
}

static void pmu_stop(struct observation *o, void *state)
{
    (void)state;
    struct pmu_watch *w = o->pmu_watch;
    if (!w)
        return;
    for (unsigned i = 0; w->opened && i < o->events->count; i++) {
        for (unsigned vcpu = 0; vcpu < o->pmu->vcpus; vcpu++)
            for (enum pmu_side side = PMU_GUEST; side < PMU_SIDES; side++)
                if (o->pmu->event[i].side[side])
                    take(&w->vcpu[vcpu].counter[i][side], &o->pmu->vcpu[vcpu].count[i][side]);
        if (o->pmu->event[i].side[PMU_HOST])
            take_helpers(o, i);
    }
    for (unsigned region = 0; w->marks && region < PMU_REGIONS; region++)
        o->pmu->region[region] = *pmu_marks_region(w->marks, region);
    pmu_marks_close(w->marks);
    free(w);
    o->pmu_watch = NULL;
}

const struct collector pmu_collector = {
    .name = "PMU",
    .listens_to = SPEAKER_NOBODY,
    .start = pmu_start,
    .step = pmu_step,
    .stop = pmu_stop,
};
