/* session.c: the loop that starts boots, waits for them and writes them down. */
#include "runner/session/session.h"
#include "common/memory.h"
#include "common/inherited.h"
#include "runner/document/run_json.h"
#include "runner/plan/suite_variants.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MAX 64

volatile sig_atomic_t session_signal;

struct slot {
    struct boot *boot; /* NULL: free */
    unsigned unit;
    unsigned kills; /* of the unit's emulator, by somebody else */
    long long began;
};

struct loop {
    struct session *s;
    struct slot slot[JOBS_MAX];
    unsigned next; /* the first unit that was not started */
};

static void note_signal(int number)
{
    session_signal = number;
}

void session_catch_signals(void)
{
    inherited_catch(note_signal);
    /* It comes as an error of write(), with a file's name and a reason. */
    inherited_as_error(SIGPIPE);
}

/* What the unit's boots are asked, but for the folder and the workloads, which each has for itself. */
static struct boot_order order_of(const struct session *s, unsigned unit)
{
    const struct unit *u = &s->plan->unit[unit];
    const bool pinned = s->plan->pin.how == PIN_GIVEN && machine_has_emulator(u->machine, u->hypervisor);
    return (struct boot_order){
        .setting = u->setting,
        .block = u->block,
        .hypervisor = u->hypervisor,
        .machine = u->machine,
        .identity = materials_identity(s->materials, u->hypervisor),
        .image = materials_image(s->materials, u),
        .workloads_sha256 = s->materials->workloads_sha256,
        .variant = u->variant && suite_starts_hypervisors(s->plan->suite) ? u->variant->name : NULL,
        .words = u->variant ? suite_variant_words(u->variant, u->hypervisor) : NULL,
        .timeout_s = s->plan->timeout_s,
        /* The plugin knows guests by the addresses of their image, which they share. */
        .parts = s->plan->parts && !u->setting.guest[0].neighbours,
        .explain = s->plan->explain,
        .in_order = s->plan->blocks > 0,
        .events = s->plan->events.count ? &s->plan->events : NULL,
        .pin = pinned ? &s->plan->pin : NULL,
    };
}

int session_open(struct session *s, const struct plan *plan, const struct materials *materials)
{
    s->plan = plan;
    s->materials = materials;
    s->runs = json_array();
    s->seconds = json_object();
    for (unsigned i = 0; i < plan->units; i++)
        if (json_array_append_new(s->runs, json_array()))
            return -1;
    return 0;
}

void session_close(struct session *s)
{
    json_decref(s->runs);
    json_decref(s->seconds);
    s->runs = s->seconds = NULL;
}

/* Why this hypervisor cannot have those guests beside the measured one; NULL: it can, or there are none. */
static const char *no_company(const struct unit *u)
{
    const struct guest_setting *g = &u->setting.guest[0];
    return !g->neighbours                                   ? NULL
           : !u->hypervisor->alone && (g->weight || g->cap) ? u->hypervisor->unweighted
                                                            : u->hypervisor->alone;
}

/* 1 when started, 0 when the unit has nothing left to run, -1 on an error. */
static int start(struct loop *l, struct slot *slot, unsigned unit, struct pvb_error *e)
{
    struct session *s = l->s;
    const struct unit *u = &s->plan->unit[unit];
    struct boot_order order = order_of(s, unit);
    order.workloads = run_json_remaining(json_array_get(s->runs, unit), s->plan, order.workload);
    if (!order.workloads)
        return 0;
    const char *why = no_company(u);
    if (why) {
        json_array_append_new(json_array_get(s->runs, unit),
                              run_json_not_applicable(&order, order.workload, order.workloads, why));
        return 0;
    }
    char guest[SETTING_KEY_SIZE];
    setting_guest_key(&u->setting.guest[0], guest, sizeof(guest));
    char *dir = path_of("%s/%s-%s-%s-%u-%zu", s->work_dir, u->setting.hypervisor, guest, u->setting.machine,
                        u->repeat + 1, json_array_size(json_array_get(s->runs, unit)) + 1);
    order.dir = dir;
    slot->boot = boot_start(&order, e);
    slot->unit = unit;
    slot->began = now_ms();
    if (!slot->boot)
        free(dir);
    return slot->boot ? 1 : -1;
}

static void release(struct slot *slot)
{
    if (!slot->boot)
        return;
    char *dir = (char *)slot->boot->order.dir;
    boot_free(slot->boot);
    free(dir);
    slot->boot = NULL;
}

/* Where nobody sees it nothing is put together: beside a guest of KVM in the lab each instruction here is in its costs.
 */
static void show(struct loop *l)
{
    char what[160] = "";
    unsigned done = 0;
    if (!l->s->progress->on)
        return;
    for (unsigned i = 0; i < l->s->plan->units; i++) {
        struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
        done += l->s->plan->workloads - run_json_remaining(json_array_get(l->s->runs, i), l->s->plan, rest);
    }
    for (unsigned i = 0; i < l->s->jobs; i++) {
        const struct boot *b = l->slot[i].boot;
        if (!b)
            continue;
        const struct observation *o = b->seen, *ended = b->costs ? b->costs : o;
        size_t used = strlen(what);
        char guest[SETTING_KEY_SIZE];
        setting_guest_key(&b->order.setting.guest[0], guest, sizeof(guest));
        for (unsigned j = 0; j < o->count; j++)
            done += ended->bench[j].ended;
        snprintf(what + used, sizeof(what) - used, "%s%s %.40s %s", used ? " | " : "", b->order.setting.hypervisor,
                 guest, o->current >= 0 ? o->asked[o->current].name : "…");
    }
    l->s->progress->done = done;
    progress_show(l->s->progress, what);
}

/* Waits until a boot has something to say, or a moment has passed. */
static void wait_for_news(struct loop *l)
{
    struct pollfd fds[JOBS_MAX];
    nfds_t n = 0;
    int patience = 200;
    sigset_t blocked, before;
    for (unsigned i = 0; i < l->s->jobs; i++) {
        if (!l->slot[i].boot)
            continue;
        int fd = boot_fd(l->slot[i].boot);
        if (fd >= 0)
            fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
        else
            patience = 2; /* about to be gone */
        if (boot_is_hasty(l->slot[i].boot) && patience > 5)
            patience = 5;
    }
    /* A signal between the test and the wait must not be slept over. */
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGHUP);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    const struct timespec moment = {.tv_nsec = patience * 1000000L};
    if (!session_signal)
        ppoll(fds, n, &moment, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Single samples are for the journal; the result has their summary. */
static void drop_series(json_t *run)
{
    json_t *bench;
    size_t i;
    json_array_foreach(json_object_get(run, "benchmarks"), i, bench) json_object_del(bench, "series");
}

/*
 * The emulator was killed by somebody else: a kernel out of memory, an operator. That says nothing of the
 * guest, so the boot counts as one that was not: it is tried again, and left to --resume when that is of no use.
 */
static int boot_again(struct loop *l, struct slot *slot, struct pvb_error *e)
{
    struct session *s = l->s;
    const struct unit *u = &s->plan->unit[slot->unit];
    s->killer = slot->boot->killer;
    char guest[SETTING_KEY_SIZE];
    setting_guest_key(&u->setting.guest[0], guest, sizeof(guest));
    release(slot);
    progress_clear(s->progress);
    fprintf(stderr, "pvbench: %s %s: the emulator was killed by signal %d; %s\n", u->setting.hypervisor, guest,
            s->killer, slot->kills + 1 < SESSION_TRIES ? "the guest is booted again" : "is memory short?");
    if (++slot->kills < SESSION_TRIES)
        return start(l, slot, slot->unit, e) < 0 ? -1 : 0;
    s->abandoned++;
    return 0;
}

/* How long it took, for whoever divides the next run. */
static void note_seconds(struct session *s, const struct slot *slot)
{
    char key[SETTING_KEY_SIZE];
    setting_key(&slot->boot->order.setting, key, sizeof(key));
    if (!json_object_get(s->seconds, key))
        json_object_set_new(s->seconds, key, json_array());
    json_array_append_new(json_object_get(s->seconds, key), json_real((double)(now_ms() - slot->began) / 1000));
}

/* A boot is over: on disk before the next one starts. */
static int take_in(struct loop *l, struct slot *slot, struct pvb_error *e)
{
    struct session *s = l->s;
    if (slot->boot->killer && !s->no_retry)
        return boot_again(l, slot, e);
    json_t *run = run_json(&slot->boot->order, slot->boot->seen, slot->boot->status, slot->boot->reason);
    unsigned unit = slot->unit;
    if (slot->boot->pinned)
        json_object_set(run, "pinning", slot->boot->pinned);
    note_seconds(s, slot);
    release(slot);
    json_array_append_new(json_array_get(s->runs, unit), run);
    if (s->journal && journal_add(s->journal, unit, run, e))
        return -1;
    drop_series(run);
    if (s->no_retry)
        return 0;
    /* What was lost with it is booted again, in the same place. */
    return start(l, slot, unit, e) < 0 ? -1 : 0;
}

static int step(struct loop *l, bool *busy, struct pvb_error *e)
{
    struct session *s = l->s;
    *busy = false;
    for (unsigned i = 0; i < s->jobs; i++) {
        struct slot *slot = &l->slot[i];
        if (slot->boot && boot_step(slot->boot) && take_in(l, slot, e))
            return -1;
        while (!slot->boot && l->next < s->plan->units) {
            slot->kills = 0;
            if (start(l, slot, l->next++, e) < 0)
                return -1;
        }
        *busy = *busy || slot->boot;
    }
    return 0;
}

int session_run(struct session *s, struct pvb_error *e)
{
    struct loop *l = calloc(1, sizeof(*l));
    bool busy = true;
    int result = 0;
    if (!l)
        return pvb_fail(e, "the session: out of memory");
    l->s = s;
    if (s->jobs > JOBS_MAX)
        s->jobs = JOBS_MAX;
    while (busy && !result && !session_signal) {
        result = step(l, &busy, e);
        if (busy && !result) {
            show(l);
            wait_for_news(l);
        }
    }
    for (unsigned i = 0; i < s->jobs; i++)
        release(&l->slot[i]);
    free(l);
    progress_clear(s->progress);
    return result ? result : session_signal ? 1 : 0;
}

/* How many of `runs` are of the unit's setting: boots are counted for each. */
static json_int_t boots_before(const json_t *runs, const struct unit *u)
{
    json_int_t n = 0;
    size_t i;
    json_t *run;
    json_array_foreach(runs, i, run)
    {
        n += run_json_is_of(run, &u->setting);
    }
    return n;
}

json_t *session_result(const struct session *s, const char *reason)
{
    json_t *runs = json_array();
    for (unsigned i = 0; i < s->plan->units; i++) {
        struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
        const struct unit *u = &s->plan->unit[i];
        const struct boot_order order = order_of(s, i);
        json_t *own = json_copy(json_array_get(s->runs, i)), *run;
        unsigned missing = run_json_remaining(own, s->plan, rest);
        size_t j;
        if (missing)
            json_array_append_new(own, run_json_skipped(&order, rest, missing, reason));
        json_array_foreach(own, j, run)
        {
            drop_series(run);
            json_t *copy = json_copy(run);
            json_object_set_new(copy, "boot", json_integer(boots_before(runs, u) + 1));
            json_array_append_new(runs, copy);
        }
        json_decref(own);
    }
    return runs;
}

json_t *session_boot_seconds(const struct session *s)
{
    json_t *means = json_object(), *list, *one;
    const char *key;
    size_t i;
    json_object_foreach(s->seconds, key, list)
    {
        double sum = 0;
        json_array_foreach(list, i, one) sum += json_real_value(one);
        json_object_set_new(means, key, json_real(sum / (double)json_array_size(list)));
    }
    if (json_object_size(means))
        return means;
    json_decref(means);
    return NULL;
}

json_t *session_places(const struct session *s)
{
    json_t *places = json_array();
    for (unsigned i = 0; i < s->plan->units; i++) {
        struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
        const json_t *own = json_array_get(s->runs, i);
        const size_t count = json_array_size(own) + (run_json_remaining(own, s->plan, rest) ? 1 : 0);
        for (size_t j = 0; j < count; j++)
            json_array_append_new(places, json_integer(s->plan->unit[i].place));
    }
    return places;
}
