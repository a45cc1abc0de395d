/*
 * pmu.c: the collector of the processor's own counters.
 *
 * Counters belong to threads, and a vCPU is one: its counters are opened as
 * soon as the virtual machine monitor has made it, long before the guest
 * says a word. Reading them at the marks is an eBPF program's work, since
 * only there the thread stands still.
 */
#include "collectors/pmu.h"
#include "collectors/pmu_json.h"
#include "collectors/threads.h"
#include "common/memory.h"

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

static void *pmu_open(struct observation *o)
{
    (void)o;
    return memory_zeroed(1, sizeof(struct pmu_state));
}

static void pmu_start(struct observation *o, void *state, pid_t process)
{
    struct pmu_state *s = state;
    char why[PMU_WHY_SIZE];
    if (!o->events || !o->events->count)
        return;
    struct pmu_counts *p = s->counts = memory_zeroed(1, sizeof(*p));
    s->watch = memory_zeroed(1, sizeof(*s->watch));
    p->asked = o->events;
    snprintf(p->why, sizeof(p->why), "the virtual machine monitor made no vCPU");
    for (unsigned i = 0; i < p->asked->count; i++)
        if (!pmu_event_encode(p->asked->name[i], &p->event[i], why, sizeof(why)))
            snprintf(p->why, sizeof(p->why), "%s", why);
    s->watch->process = process;
    s->watch->marks = pmu_marks_open(p->no_regions, sizeof(p->no_regions));
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

static void add_marks(struct pmu_state *s, unsigned vcpu, pid_t tid)
{
    struct pmu_watch *w = s->watch;
    for (unsigned i = 0; w->marks && i < s->counts->asked->count; i++)
        for (enum pmu_side side = PMU_GUEST; side < PMU_SIDES; side++) {
            const struct pmu_counter *c = &w->vcpu[vcpu].counter[i][side];
            if (c->fd >= 0 && !pmu_marks_add(w->marks, vcpu, pmu_slot(i, side), c->fd))
                snprintf(s->counts->no_regions, sizeof(s->counts->no_regions),
                         "the kernel does not let an eBPF program read %.100s", s->counts->asked->name[i]);
        }
    if (w->marks)
        pmu_marks_thread(w->marks, vcpu, tid);
}

/* True while there is no vCPU yet. */
static bool pmu_step(struct observation *o, void *state)
{
    (void)o;
    struct pmu_state *s = state;
    struct pmu_watch *w = s->watch;
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
    s->counts->why[0] = 0;
    for (unsigned i = 0; i < threads; i++) {
        if (thread[i].vcpu < 0 && w->helpers < HELPERS_MAX) {
            open_thread(s->counts, &w->helper[w->helpers++], thread[i].tid, true);
        } else if (thread[i].vcpu >= 0 && s->counts->vcpus < PMU_VCPUS) {
            unsigned at = s->counts->vcpus++;
            s->counts->vcpu[at].vcpu = thread[i].vcpu;
            open_thread(s->counts, &w->vcpu[at], thread[i].tid, false);
            add_marks(s, at, thread[i].tid);
        } else if (thread[i].vcpu >= 0) {
            s->counts->vcpus_left_out++;
        }
    }
    s->counts->helper_threads = w->helpers;
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

static void take_helpers(struct pmu_state *s, unsigned event)
{
    struct pmu_count *sum = &s->counts->helpers[event];
    sum->known = s->watch->helpers > 0;
    for (unsigned i = 0; i < s->watch->helpers; i++) {
        struct pmu_count one = {0};
        take(&s->watch->helper[i].counter[event][PMU_HOST], &one);
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
    (void)o;
    struct pmu_state *s = state;
    struct pmu_watch *w = s->watch;
    if (!w)
        return;
    for (unsigned i = 0; w->opened && i < s->counts->asked->count; i++) {
        for (unsigned vcpu = 0; vcpu < s->counts->vcpus; vcpu++)
            for (enum pmu_side side = PMU_GUEST; side < PMU_SIDES; side++)
                if (s->counts->event[i].side[side])
                    take(&w->vcpu[vcpu].counter[i][side], &s->counts->vcpu[vcpu].count[i][side]);
        if (s->counts->event[i].side[PMU_HOST])
            take_helpers(s, i);
    }
    for (unsigned region = 0; w->marks && region < PMU_REGIONS; region++)
        s->counts->region[region] = *pmu_marks_region(w->marks, region);
    pmu_marks_close(w->marks);
    free(w);
    s->watch = NULL;
}

static void pmu_close(void *state)
{
    struct pmu_state *s = state;
    free(s->watch);
    free(s->counts);
    free(s);
}

const struct collector pmu_collector = {
    .name = "PMU",
    .listens_to = SPEAKER_NOBODY,
    .open = pmu_open,
    .start = pmu_start,
    .step = pmu_step,
    .stop = pmu_stop,
    .run = pmu_run,
    .region = pmu_region,
    .close = pmu_close,
};
