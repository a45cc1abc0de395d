/* host.c: this computer. All that there is to do is the hypervisor's own way of doing it. */
#include "runner/machine/machine.h"

#include <stdlib.h>

#define NO_PARTS "whose the time is, a host tells of KVM's guests alone"

static bool has(const struct hypervisor *h)
{
    return h->here != NULL;
}

static const struct listener *listener(const struct hypervisor *h)
{
    return &h->listener;
}

static int identify(struct identity *id, const struct hypervisor *h, const struct paths *paths, struct pvb_error *e)
{
    return h->here->identify(id, paths, e);
}

/* Written, not left out: the first request to a page would pay for it. */
static int write_disk(const char *dir, struct pvb_error *e)
{
    char *path = path_of("%s/" DISK_FILE, dir), *zeros = calloc(1, DISK_SIZE);
    int bad = !zeros ? pvb_fail(e, "%s: out of memory", path) : write_new_file(path, zeros, DISK_SIZE, e);
    free(zeros);
    free(path);
    return bad;
}

static int prepare(struct launch *launch, const struct boot_order *order, struct pvb_error *e)
{
    if (*guest_devices(&order->setting.guest[0]) && write_disk(order->dir, e))
        return -1;
    return order->hypervisor->here->prepare(launch, &order->setting.guest[0], e);
}

/* Where no collector has said whose the time is, and not why it is not known either. */
static void tell_parts(const struct boot_order *order, const struct observation *o, json_t *run)
{
    size_t i;
    json_t *bench;
    (void)o;
    json_array_foreach(json_object_get(run, "benchmarks"), i, bench)
    {
        json_t *cold = json_object_get(bench, "cold");
        if (!order->parts || !cold || json_object_get(bench, "parts"))
            continue;
        json_object_set_new(bench, "parts", json_null());
        json_object_set_new(cold, "parts", json_null());
        json_object_set_new(json_object_get(bench, "unavailable"), "parts", json_string(NO_PARTS));
    }
}

const struct machine machine_host = {
    .name = "host",
    /* The TSC's, whose speed the guest says; which part of them the processor stood still is not known. */
    .unit = "cycles",
    .class = "noisy",
    .is_here = true,
    .has = has,
    .listener = listener,
    .identify = identify,
    .prepare = prepare,
    .tell_parts = tell_parts,
};
