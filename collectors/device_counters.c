/*
 * device_counters.c: the collector of an independent witness of a guest's requests and frames: what its driver says
 * that it has put and taken ("pvbench: devices …") against the back end's own statistics, of the guest's whole life.
 *
 * On Xen pvbench-xen-domain reads those ("M devices …"). On KVM they are QEMU's, which is asked when the guest is done,
 * and the interface's at the other end of the guest's wire, read when the guest has ended and it is still held open.
 */
#include "collectors/collector.h"
#include "collectors/device_counts.h"
#include "collectors/hypervisor_log.h"
#include "collectors/qemu_monitor.h"
#include "common/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counters {
    struct device_counts back_end;
    struct qemu_monitor monitor;
};

static void *counters_open(struct observation *o)
{
    (void)o;
    return memory_zeroed(1, sizeof(struct counters));
}

static bool counters_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    struct counters *c = state;
    struct words w = {text, text + size};
    if (cut || !hypervisor_log_word(&w, "devices"))
        return false;
    if (!device_counts_read(&w, &c->back_end))
        observation_fault(o, "a line of the back ends' statistics is malformed");
    return true;
}

static void counters_start(struct observation *o, void *state, pid_t process)
{
    struct counters *c = state;
    (void)process;
    if (o->monitor)
        qemu_monitor_begin(&c->monitor, o->monitor);
}

static bool counters_step(struct observation *o, void *state)
{
    struct counters *c = state;
    return qemu_monitor_step(&c->monitor, o->done, &c->back_end);
}

static void counters_stop(struct observation *o, void *state)
{
    struct counters *c = state;
    if (*o->interface)
        device_counts_of_interface(o->interface, &c->back_end);
}

static bool compare(json_t *rows, const char *kind, uint64_t guest, uint64_t back_end)
{
    json_array_append_new(
        rows, json_pack("{s:s, s:I, s:I}", "kind", kind, "guest", (json_int_t)guest, "back_end", (json_int_t)back_end));
    return guest == back_end;
}

static void counters_run(const struct observation *o, const void *state, json_t *run)
{
    const struct counters *c = state;
    const struct device_counts *guest = &o->devices, *back_end = &c->back_end;
    json_t *rows = json_array();
    bool agrees = true;
    for (unsigned i = 0; i < DEVICE_COUNTS; i++)
        if (guest->known[i] && back_end->known[i])
            agrees &= compare(rows, device_count_names[i], guest->count[i], back_end->count[i]);
    if (json_array_size(rows))
        json_object_set_new(run, "device_counters", json_pack("{s:b, s:O}", "agrees", agrees, "compared", rows));
    json_decref(rows);
}

const struct collector device_counters_collector = {
    .name = "the back ends' statistics",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = counters_open,
    .line = counters_line,
    .start = counters_start,
    .step = counters_step,
    .stop = counters_stop,
    .run = counters_run,
    .close = free,
};
