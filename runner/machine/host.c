/* host.c: this computer. All that there is to do is the hypervisor's own way of doing it. */
#include "runner/machine/machine.h"

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

static int prepare(struct launch *launch, const struct boot_order *order, struct pvb_error *e)
{
    return order->hypervisor->here->prepare(launch, &order->setting.guest[0], e);
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
};
