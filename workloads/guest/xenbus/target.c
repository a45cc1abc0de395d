/*
 * target.c: how much memory a guest is to have: the toolstack says it in the store, in KiB (Xen,
 * docs/misc/xenstore-paths.pandoc, ~/memory/target), and pvbench's moves it for a guest that asks by a word at its
 * console.
 */
#include "xenbus.h"

static uint64_t target;

bool guest_is_neighbour(void)
{
    return params.flags & PVB_PARAM_NEIGHBOUR;
}

const char *guest_no_memory_target(void)
{
    char value[STORE_VALUE];
    if (!same_text(mode_platform(), "xen"))
        return "no toolstack moves memory among guests here: only pvbench's on Xen does";
    xen_devices_init();
    if (!xen_is_possible() || xen_no_devices())
        return "there is no store in which a toolstack could say how much memory the guest is to have";
    if (!guest_is_neighbour() && !store_read("data/memory-neighbours", value))
        return "no neighbour has this for its load, so that there is nobody to take memory from";
    target = store_number("memory", "target", STORE_NO_NUMBER);
    return target == STORE_NO_NUMBER ? "the toolstack does not say how much memory the guest is to have" : NULL;
}

uint64_t guest_memory_target(void)
{
    return target;
}

uint64_t guest_await_memory(void)
{
    return target = store_await_other("memory", "target", target);
}

uint64_t guest_ask_memory(bool more, unsigned pages)
{
    print("pvbench: memory %s=%u\n", more ? "more" : "less", pages);
    return guest_await_memory();
}

void guest_tell_memory(void)
{
    print("pvbench: memory done\n");
}
